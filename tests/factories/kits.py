"""Face engines with pictures that each can judge."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.face.fake import fake_engine, fake_picture
from core.face.images import encoded
from core.face.types import Candidate, Image
from tests.factories import faces


@dataclass(frozen=True)
class Kit:
    """An engine and pictures that it can judge."""

    engine: FaceEngine
    person: Callable[[], Image]
    other: Callable[[], Image]
    faulty: dict[str, Callable[[], Image]]

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Both people, enrolled."""
        return [
            Candidate("person", (self.engine.enrol(file_of(self.person())).template,)),
            Candidate("other", (self.engine.enrol(file_of(self.other())).template,)),
        ]


def _blurred() -> Image:
    return cv2.GaussianBlur(faces.face_picture("astronaut"), (0, 0), 12).astype(np.uint8)


def _small() -> Image:
    picture = cv2.resize(faces.face_picture("astronaut"), (150, 200))
    return cv2.copyMakeBorder(picture, 400, 360, 300, 270, cv2.BORDER_REPLICATE).astype(np.uint8)


def real(choice: EngineChoice, other: str = "actress") -> Kit:
    """Real models on real photos."""
    astronaut = faces.face_picture("astronaut")
    faulty: dict[str, Callable[[], Image]] = {
        "no_face": faces.no_face,
        "many_faces": faces.two_faces,
        "not_frontal": lambda: faces.face_picture("aside"),
        "too_small": _small,
        "too_dark": lambda: (astronaut * 0.2).astype(np.uint8),
        "blurred": _blurred,
    }
    engine = FaceEngine.open(choice)
    return Kit(engine, lambda: astronaut, lambda: faces.face_picture(other), faulty)


def fake() -> Kit:
    """Marks for faces."""
    faulty: dict[str, Callable[[], Image]] = {
        "no_face": lambda: fake_picture(),
        "many_faces": lambda: fake_picture("a", "b"),
        "not_frontal": lambda: fake_picture("a", pose="left"),
        "too_small": lambda: fake_picture("a", fault="small"),
        "too_dark": lambda: fake_picture("a", fault="dark"),
        "blurred": lambda: fake_picture("a", fault="blurred"),
    }
    return Kit(fake_engine(), lambda: fake_picture("a"), lambda: fake_picture("b"), faulty)


def file_of(image: Image) -> bytes:
    """As it is handed in."""
    return encoded(image, 1440, 95)
