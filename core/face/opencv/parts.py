"""Puts the default engine together."""

from pathlib import Path

from core.face.calibration import shipped
from core.face.liveness import PassiveLiveness
from core.face.opencv.mesh import MeshFinder
from core.face.opencv.motion import FlowMeter
from core.face.opencv.sface import SFace
from core.face.opencv.sharpness import FaceMeter
from core.face.opencv.yunet import YuNet
from core.face.parts import Parts


def default_parts(passive: Path | None = None) -> Parts:
    """YuNet, MediaPipe's mesh and eyes, SFace; and the anti-spoof network where the operator installed one."""
    recogniser = SFace()
    thresholds = shipped(recogniser.version)
    return Parts(YuNet(), MeshFinder(), recogniser, FaceMeter(), FlowMeter, thresholds, _passive(passive))


def _passive(path: Path | None) -> PassiveLiveness | None:
    if path is None:
        return None
    from core.face.opencv.minifasnet import MiniFasNet

    return MiniFasNet(path)
