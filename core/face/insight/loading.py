"""Finds the recogniser among a pack's files and loads it; whatever is no such model is a sentence."""

from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BadInput, DomainError
from core.face.extras import extra
from core.face.insight.pack import MANIFEST, NOTE, Pack, altered
from core.face.opencv.align import fits
from core.face.opencv.runtime import THREADS
from core.face.types import Image, Numbers

NAME = "insightface"
_TASK = "recognition"


def load(pack: Pack) -> tuple[Any, str]:
    """InsightFace's recogniser of this pack, and the name of its file."""
    zoo = extra("insightface.model_zoo.model_zoo", NAME)
    names = [pack.recognition] if pack.recognition else pack.networks
    if zoo.has_model_package_manifest(pack.folder):
        # Packs of InsightFace 2 name their tasks and how pictures are prepared for them.
        found = [_model(zoo, pack.folder, model_task=_TASK)]
    else:
        found = [_model(zoo, pack.folder / name) for name in names]
    fitting = [one for one in found if getattr(one, "taskname", "") == _TASK]
    if len(fitting) != 1:
        what = "没有识别模型" if not fitting else "有不止一个识别模型"
        hint = f'请放入一个 ArcFace 类的识别模型，或在 {NOTE} 中写明 recognition = "文件名"。'
        raise BadInput("face.pack_recogniser", f"人脸模型包“{pack.folder.name}”中{what}。", hint)
    model = fitting[0]
    ran = Path(model.model_file)
    name = ran.name
    # A manifest may lead to a file of the same name elsewhere, whose hash nobody has looked at.
    if name not in pack.networks or ran.resolve() != (pack.folder / name).resolve():
        raise altered(f"{MANIFEST} 指向未登记的文件“{name}”")
    if pack.recognition not in (None, name):
        raise altered(f"{MANIFEST} 与 {NOTE} 所指的识别模型不同")
    if not _square(model) or _weights_elsewhere(ran):
        raise _no_model(name)
    pack.unchanged()
    return model, name


def run(model: Any, picture: Image) -> Numbers:
    """The network's numbers for a face that is laid in place."""
    try:
        return np.asarray(model.get_feat(picture))
    except _broken() as error:
        raise _no_model(Path(model.model_file).name) from error


def _model(zoo: Any, path: Path, **task: str) -> Any:
    runtime = extra("onnxruntime", NAME)
    runtime.disable_telemetry_events()  # on Windows it would report to its maker
    options = runtime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    try:
        return zoo.get_model(str(path), providers=["CPUExecutionProvider"], sess_options=options, **task)
    except _broken() as error:
        raise _no_model(path.name) from error


def _broken() -> tuple[type[Exception], ...]:
    """Every way in which InsightFace, onnx and onnxruntime say that a file is no model for them."""
    state = extra("onnxruntime.capi.onnxruntime_pybind11_state", NAME)
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel", "NoSuchFile", "NotImplemented",
             "RuntimeException")  # fmt: skip
    decode: type[Exception] = extra("google.protobuf.message", NAME).DecodeError
    python = (AssertionError, IndexError, KeyError, TypeError, ValueError, RuntimeError, OSError)
    return (*(getattr(state, name) for name in names), decode, *python)


def _square(model: Any) -> bool:
    sides = tuple(model.input_size)
    return all(isinstance(side, int) for side in sides) and sides[0] == sides[1] and fits(sides[0])


def _weights_elsewhere(path: Path) -> bool:
    """Whether the network's numbers lie in other files, which no hash here would know."""
    graph = extra("onnx", NAME).load(str(path), load_external_data=False).graph
    uses = extra("onnx.external_data_helper", NAME).uses_external_data
    return any(uses(tensor) for tensor in graph.initializer)


def _no_model(name: str) -> DomainError:
    hint = "请换上完好的 ONNX 模型文件（输入为 112×112 或 128×128 的人脸）后重新启动；程序不会下载模型。"
    return DomainError("face.pack_broken", f"“{name}”已损坏，或不是可用的人脸识别模型。", hint)
