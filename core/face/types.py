"""What the face models say about one picture, as small frozen results."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.face.enrolment import template_digest

Image: TypeAlias = NDArray[np.uint8]
"""A picture as OpenCV holds it: height × width × 3, blue-green-red."""

Points: TypeAlias = NDArray[np.float32]
"""Points in pixels of the picture, one row each (x, y or x, y, z)."""

Vector: TypeAlias = NDArray[np.float32]
"""An identity of unit length, as a recogniser gives it."""

Numbers: TypeAlias = NDArray[Any]
"""Any array of numbers inside a calculation."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Pixels inside."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: "Box") -> float:
        """Intersection over union: 1 for the same rectangle, 0 for two apart."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / (self.area + other.area - width * height)


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face found: its box, five points (eyes, nose, mouth corners; image-left first) and how sure."""

    box: Box
    points: Points
    score: float


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the head looks, in degrees: yaw > 0 to the person's own left, pitch > 0 up, roll > 0 clockwise."""

    yaw: float
    pitch: float
    roll: float

    @property
    def away(self) -> float:
        """How far the head is turned off the camera's axis, whichever way."""
        return max(abs(self.yaw), abs(self.pitch))


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """A face in detail: 468 mesh points, the pose they show, and how far each eye is open (height over width)."""

    mesh: Points
    confidence: float
    pose: Pose
    eyes: tuple[float, float]

    @property
    def openness(self) -> float:
        """Both eyes together: who blinks closes both, who winks does not blink."""
        return max(self.eyes)


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face can be seen: width in pixels, sharpness, light (0–255), contrast, share of blown-out skin.

    ``mouth`` and ``eyes`` are grey levels of what shows there: lips make a step, eyes a spread; cloth and glass don't.
    None where nobody asked for them: they cost most of the time, and no frame of a check-in is judged by them.
    """

    face_px: float
    sharpness: float
    brightness: float
    contrast: float
    glare: float
    mouth: float | None = None
    eyes: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """All that one frame shows of the main face; without a face only the time and the count are set."""

    t: float
    faces: int
    box: Box | None = None
    landmarks: Landmarks | None = None
    quality: Quality | None = None
    vector: Vector | None = None
    stirred: float | None = None
    """Mean grey-level change of the face since the frame before; a frozen picture has none."""
    relief: float | None = None
    """How much of the motion since the head last looked ahead a flat picture could not make."""
    passive: float | None = None
    """What an installed anti-spoof network says: 1 alive, 0 a picture."""


@dataclass(frozen=True, slots=True)
class Template:
    """A person's enrolled face: the model that made it and 128 little-endian 32-bit floats of unit length."""

    model: str
    vector: bytes

    @property
    def digest(self) -> str:
        """Which one it is, as the server keeps it, too."""
        return template_digest(self.model, self.vector)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may check in here, with his templates."""

    person_id: str
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest candidate, his score, the next person's score and whether that is enough."""

    person_id: str
    score: float
    runner_up: float
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PortraitCheck:
    """A portrait that passed P-2: the picture as it is to be kept, what was measured, and its template."""

    picture: bytes
    quality: Quality
    pose: Pose
    template: Template
    versions: dict[str, str] = field(default_factory=dict)
    more: tuple[bytes, ...] = ()
    """Other photos of the person of which the template is made too, as they are to be kept."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A template of a kept portrait and of other photos; which of these went into it, and as they are to be kept."""

    template: Template
    used: tuple[int, ...]
    pictures: tuple[bytes, ...]
