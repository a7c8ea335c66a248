"""A face engine without models, for tests and rehearsals: it reads who is there from a mark in the picture.

Everything but the models is the real thing — gate, challenge, matching, evidence — and every piece of evidence names
the model ``fake``, so that no office can take it for a check.
"""

import hashlib
import zlib

import msgspec
import numpy as np

from core.face.calibration import Basis, Calibration, Step
from core.face.engine import FaceEngine
from core.face.images import encoded
from core.face.parts import Parts
from core.face.recogniser import unit
from core.face.types import Box, Detection, Image, Landmarks, Pose, Quality, Vector

CELLS = 32
"""The mark is a board of 32 × 32 black and white cells, whatever the picture's size: it survives JPEG and scaling."""
VERSION = "fake"
_THRESHOLDS = Calibration(
    model=VERSION,
    steps=(Step(candidates=10_000, accept=0.45, fpir_aimed=0.001, fnir=0.0),),
    same=0.42,
    typical=0.0,
    basis=Basis(data="drawn vectors", people=0, own=0, strangers=0, photos=1),
)
"""Strangers' drawn vectors never come near it."""
_MAGIC = b"ZY"
_POSES = {"front": 0.0, "left": 32.0, "right": -32.0}
_OPEN, _SHUT = 0.25, 0.04
_UNLIKE = 0.6
"""Two takes of a person are alike by 0.7 to 0.9, as two good photos are."""


def fake_picture(
    *people: str,
    pose: str = "front",
    shut: bool = False,
    fault: str = "",
    moment: int = 0,
    take: int = 0,
    size: tuple[int, int] = (480, 640),
) -> Image:
    """A picture of these people; ``size`` is width × height.

    ``pose`` is front, left or right; ``fault`` dark, blurred, small, masked or flat (a picture that is turned).
    ``moment`` is any number that differs from frame to frame, as a living camera's frames do. Pictures of another
    ``take`` show the same people as another photo would: a little unlike.
    """
    note = msgspec.json.encode(_Note(people, pose, shut, fault, moment, take))
    data = _MAGIC + len(note).to_bytes(2, "big") + zlib.crc32(note).to_bytes(4, "big") + note
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8))
    if bits.size > CELLS * CELLS:
        raise ValueError(f"the mark holds {CELLS * CELLS // 8} bytes, not {len(data)}")
    board = np.zeros(CELLS * CELLS, dtype=np.uint8)
    board[: bits.size] = bits
    rows, columns = (np.arange(side) * CELLS // side for side in (size[1], size[0]))
    grey = board.reshape(CELLS, CELLS)[np.ix_(rows, columns)] * np.uint8(255)
    return np.repeat(grey[:, :, None], 3, axis=2)


def fake_portrait(*people: str, pose: str = "front", fault: str = "", take: int = 0) -> bytes:
    """The same as a JPEG that can be handed in as a portrait."""
    return encoded(fake_picture(*people, pose=pose, fault=fault, take=take), 640)


def fake_engine() -> FaceEngine:
    """An engine of fake parts."""
    return FaceEngine(Parts(_Detector(), _Landmarks(), _Recogniser(), _Meter(), _Motion, _THRESHOLDS))


class _Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the mark of a picture says; no people where there is none."""

    p: tuple[str, ...] = ()
    y: str = "front"
    s: bool = False
    f: str = ""
    m: int = 0
    t: int = 0


def _read(image: Image) -> _Note:
    height, width = image.shape[:2]
    rows, columns = (((np.arange(CELLS) + 0.5) * side / CELLS).astype(int) for side in (height, width))
    data = np.packbits(image[np.ix_(rows, columns)].mean(axis=2).ravel() > 127).tobytes()
    length = int.from_bytes(data[2:4], "big")
    note = data[8 : 8 + length]
    if data[:2] != _MAGIC or zlib.crc32(note) != int.from_bytes(data[4:8], "big"):
        return _Note()
    return msgspec.json.decode(note, type=_Note)


class _Detector:
    """Finds as many faces as the mark names people."""

    version = VERSION

    def detect(self, image: Image) -> list[Detection]:
        """One box for each."""
        height, width = image.shape[:2]
        box = Box(width * 0.3, height * 0.3, width * 0.4, height * 0.4)
        points = np.zeros((5, 2), dtype=np.float32)
        return [Detection(box, points, 1.0) for _ in _read(image).p]

    def near(self, image: Image, place: Box) -> list[Detection]:
        """The first person only: the others stand further away."""
        return self.detect(image)[:1]


class _Landmarks:
    """Pose and eyes as the mark says."""

    version = VERSION

    def find(self, image: Image, face: Detection) -> Landmarks | None:
        """A mesh of nothing but its size."""
        note = _read(image)
        eye = _SHUT if note.s else _OPEN
        return Landmarks(
            np.zeros((468, 3), dtype=np.float32), 1.0, Pose(_POSES[note.y], 0.0, 0.0), (eye, eye)
        )


class _Recogniser:
    """Everybody's vector is drawn from his id: his own in every frame, and near it in another take."""

    version = VERSION
    size = 128
    files: dict[str, str] = {}

    def vector(self, image: Image, face: Detection, landmarks: Landmarks) -> Vector:
        """128 numbers of unit length."""
        note = _read(image)
        vector = _drawn(note.p[0])
        return unit(vector + _UNLIKE * _drawn(f"{note.p[0]}/{note.t}")) if note.t else vector


def _drawn(name: str) -> Vector:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return unit(np.random.default_rng(seed).standard_normal(128))


class _Meter:
    """A good picture, but for the fault that the mark names."""

    def measure(
        self, image: Image, face: Detection, landmarks: Landmarks, *, covering: bool = False
    ) -> Quality:
        """Figures well inside or well outside the limits."""
        fault = _read(image).f
        return Quality(
            face_px=40.0 if fault == "small" else 200.0,
            sharpness=0.01 if fault == "blurred" else 0.15,
            brightness=20.0 if fault == "dark" else 130.0,
            contrast=40.0,
            glare=0.0,
            mouth=(3.0 if fault == "masked" else 30.0) if covering else None,
            eyes=60.0 if covering else None,
        )


class _Motion:
    """A picture whose mark stays the same is frozen; a turn has the relief of a living head."""

    def __init__(self) -> None:
        self._last: _Note | None = None

    def reset(self) -> None:
        """The face was lost."""
        self._last = None

    def feed(
        self, image: Image, t: float, face: Detection, landmarks: Landmarks
    ) -> tuple[float | None, float | None]:
        """Change and relief."""
        note, last = _read(image), self._last
        self._last = note
        relief = None if note.y == "front" or note.f == "flat" else 0.03
        return (None if last is None else 0.0 if last == note else 2.0), relief
