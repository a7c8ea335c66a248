"""Which models an engine is made of: chosen here and nowhere else, by server, kiosk and command line alike."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from core.errors import BadInput, NotHere
from core.face import calibration, names, weights
from core.face.insight.pack import opened, thresholds
from core.face.landmarks import LandmarkFinder
from core.face.liveness import PassiveLiveness
from core.face.parts import Parts
from core.face.recogniser import Recogniser

LandmarkModel: TypeAlias = Literal["default", "mediapipe"]
LANDMARKS: tuple[LandmarkModel, ...] = get_args(LandmarkModel)


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What an operator may choose; nothing chosen is the default engine. Server and kiosks must choose the same."""

    pack: Path | None = None
    """A folder with a recogniser of one's own, instead of SFace."""
    landmarks: str = "default"
    """``default``, or ``mediapipe`` for MediaPipe itself."""
    passive: Path | None = None
    """The anti-spoof network's file; without it liveness rests on the challenge alone."""
    calibrating: bool = False
    """For finding the thresholds of an engine that has none yet: such an engine accepts nobody."""

    def __post_init__(self) -> None:
        """Refuses a landmark model that nobody knows."""
        if self.landmarks not in LANDMARKS:
            known = "、".join(LANDMARKS)
            hint = f"请改为 {known} 之一后重新启动。"
            raise BadInput("face.landmarks", f"没有名为“{self.landmarks}”的人脸关键点模型。", hint)

    @property
    def known_model(self) -> str | None:
        """The recogniser's name as far as it is known without loading it: a pack's is not."""
        if self.pack is not None:
            return None
        return names.sface(weights.REFINED_MESH.name if self.landmarks == "mediapipe" else weights.MESH.name)

    def require_files(self) -> None:
        """Raises where the operator's files are not there or not the pinned ones: at a start, not at the first face."""
        if self.pack is not None:
            opened(self.pack)
            if not self.calibrating:
                thresholds(self.pack)
        if self.passive is not None and not self.passive.is_file():
            hint = "请检查启动参数 --passive 的文件位置，或去掉该参数后重新启动"
            raise NotHere("face.passive", f"找不到静默活体检测模型文件“{self.passive.name}”", hint)


def parts_of(choice: EngineChoice) -> Parts:
    """Loads what was chosen; raises a ``DomainError`` for a file that is missing, altered or no model."""
    # Imported here: who only compares templates or uses the fake needs no OpenCV.
    from core.face.opencv.motion import FlowMeter
    from core.face.opencv.sharpness import FaceMeter
    from core.face.opencv.yunet import YuNet

    finder, mesh = _landmarks(choice.landmarks)
    recogniser = _recogniser(choice.pack, mesh)
    levels = _thresholds(choice, recogniser.version)
    return Parts(YuNet(), finder, recogniser, FaceMeter(), FlowMeter, levels, _passive(choice.passive))


def _thresholds(choice: EngineChoice, model: str) -> calibration.Calibration:
    """Those beside the operator's pack, else those that come with the program; a model without any is not used."""
    if choice.calibrating:
        return calibration.nobody(model)
    if choice.pack is not None:
        return thresholds(choice.pack, model)
    return calibration.shipped(model)


def _landmarks(name: str) -> tuple[LandmarkFinder, str]:
    """The finder, and the name by which recognisers tell how faces were laid."""
    from core.face.weights import MESH, REFINED_MESH

    if name == "mediapipe":
        from core.face.mediapipe.mesh import MediaPipeMesh

        return MediaPipeMesh(), REFINED_MESH.name
    from core.face.opencv.mesh import MeshFinder

    return MeshFinder(), MESH.name


def _recogniser(pack: Path | None, mesh: str) -> Recogniser:
    if pack is not None:
        from core.face.insight.recogniser import PackRecogniser

        return PackRecogniser(pack, mesh)
    from core.face.opencv.sface import SFace

    return SFace(mesh)


def _passive(path: Path | None) -> PassiveLiveness | None:
    if path is None:
        return None
    from core.face.opencv.minifasnet import MiniFasNet

    return MiniFasNet(path)
