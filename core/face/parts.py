"""The parts that make a face engine, and the names under which evidence keeps them."""

from collections.abc import Callable
from dataclasses import dataclass

from core.face.calibration import Calibration
from core.face.detector import Detector
from core.face.landmarks import LandmarkFinder
from core.face.liveness import MotionMeter, PassiveLiveness
from core.face.quality import QualityMeter
from core.face.recogniser import Recogniser


@dataclass(frozen=True, slots=True)
class Parts:
    """One detector, one mesh, one recogniser … whichever they are."""

    detector: Detector
    landmarks: LandmarkFinder
    recogniser: Recogniser
    quality: QualityMeter
    motion: Callable[[], MotionMeter]
    calibration: Calibration
    """The recogniser's thresholds."""
    passive: PassiveLiveness | None = None

    @property
    def versions(self) -> dict[str, str]:
        """Which model did what, and by which thresholds."""
        named = {
            "detector": self.detector.version,
            "landmarks": self.landmarks.version,
            "recogniser": self.recogniser.version,
            "calibration": self.calibration.sha256,
        }
        return named | self.recogniser.files | ({"passive": self.passive.version} if self.passive else {})
