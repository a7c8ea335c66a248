"""What an engine's likeness means: thresholds by number of candidates, with the figures on which they rest."""

import hashlib
import json
from importlib import resources
from itertools import pairwise

import msgspec

from core.errors import BadInput, NotHere

ABOVE = 0.25
"""No threshold lies nearer to the mean likeness of strangers, whatever a file says."""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The least likeness that counts as the same person among so many candidates."""

    candidates: int
    accept: float
    fpir_aimed: float
    """How often a stranger is meant to pass as one of them: an aim, read from pairs, not what searches showed."""
    fnir: float
    """How often an owner was taken for nobody, among the people on whom it was found."""


class Basis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the thresholds were found on: trials of owners and of strangers, templates of so many photos."""

    data: str
    people: int
    own: int
    strangers: int
    photos: int


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The thresholds of one engine; likeness is a cosine, from -1 to 1."""

    model: str
    steps: tuple[Step, ...]
    same: float
    """The least likeness of one face to itself from frame to frame."""
    typical: float
    """The mean likeness of strangers."""
    basis: Basis

    def __post_init__(self) -> None:
        """Refuses what can't be thresholds: they say who is let in."""
        sizes = [step.candidates for step in self.steps]
        levels = [step.accept for step in self.steps]
        right = (
            bool(sizes)
            and sizes[0] >= 1
            and all(a < b for a, b in pairwise(sizes))
            and all(a <= b for a, b in pairwise(levels))
            and -0.1 < self.typical < 1  # many directions can't all point away from one another
            and all(least(self.typical) - 1e-9 <= level < 1 for level in (*levels, self.same))
        )
        if not right:
            raise ValueError(
                "thresholds rise with the number of candidates, well above strangers and below 1"
            )

    @property
    def sha256(self) -> str:
        """Of the file as it is written, so that evidence tells which thresholds held."""
        return hashlib.sha256(written(self)).hexdigest()

    def accept(self, candidates: int) -> float:
        """The threshold among so many people; beyond the last step its own holds."""
        return next(
            (step.accept for step in self.steps if candidates <= step.candidates), self.steps[-1].accept
        )


def least(typical: float) -> float:
    """The lowest threshold where strangers are so alike on average."""
    return round(max(typical, 0.0) + ABOVE, 3)


def nobody(model: str) -> Calibration:
    """Thresholds that nobody reaches, for an engine whose own are yet to be found."""
    none = Basis(data="", people=0, own=0, strangers=0, photos=0)
    step = Step(candidates=1, accept=0.999, fpir_aimed=0.0, fnir=1.0)
    return Calibration(model=model, steps=(step,), same=0.999, typical=0.0, basis=none)


def read(data: bytes, model: str | None = None) -> Calibration:
    """A calibration from a file's bytes, of this model if one is named; ``BadInput`` for anything else."""
    try:
        found = msgspec.json.decode(data, type=Calibration)
    except msgspec.DecodeError as error:
        hint = "请用 zhiye-faces calibrate 重新生成校准文件"
        raise BadInput("face.bad_calibration", "人脸校准文件无法使用", hint) from error
    if model is not None and found.model != model:
        hint = f"该文件属于 {found.model}；请用 zhiye-faces calibrate 为 {model} 重新校准"
        raise BadInput("face.other_calibration", "人脸校准文件不属于正在使用的识别模型", hint)
    return found


def shipped(model: str) -> Calibration:
    """The calibration that comes with the program; raises ``NotHere`` for a model that has none."""
    file = resources.files("core.face") / "calibrations" / f"{model}.json"
    if not file.is_file():
        hint = "请先用 zhiye-faces calibrate 为该模型校准，再启用它"
        raise NotHere("face.no_calibration", f"识别模型 {model} 还没有校准，不能使用", hint)
    return read(file.read_bytes())


def written(calibration: Calibration) -> bytes:
    """The calibration as a file for people and programs."""
    return (json.dumps(msgspec.to_builtins(calibration), indent=2, ensure_ascii=False) + "\n").encode()
