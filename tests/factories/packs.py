"""A model pack as an operator would bring it, assembled from the default's own recogniser: the same network."""

import hashlib
import json
from pathlib import Path

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from core.face import calibration
from core.face.insight.pack import THRESHOLDS
from core.face.weights import SFACE, read

_OWN = "sface-2021dec-int8bq-mesh-mirror-1"


def folded() -> onnx.ModelProto:
    """SFace as InsightFace takes it: one input, and what prepares the picture at the head of the graph."""
    model = onnx.load_from_string(read(SFACE))
    real = [one for one in model.graph.input if one.name == "data"]
    del model.graph.input[:]
    model.graph.input.extend(real)
    # InsightFace looks at the first eight nodes to learn whether the network prepares the picture by itself.
    nodes = sorted(model.graph.node, key=lambda node: node.op_type not in ("Sub", "Mul"))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def widened(model: onnx.ModelProto, size: int = 512) -> onnx.ModelProto:
    """The same network with longer vectors, which are as alike as the short ones were."""
    rows = np.linalg.qr(np.random.default_rng(7).standard_normal((size, 128)))[0].T.astype(np.float32)
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(rows, "wider"))
    graph.node.append(helper.make_node("MatMul", [graph.output[0].name, "wider"], ["wide"], "widen"))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("wide", TensorProto.FLOAT, [1, size]))
    return model


def tiny(*, side: int = 112, outputs: int = 1, nothing: bool = False) -> onnx.ModelProto:
    """A network that loads in no time and knows nobody; with ``nothing`` it gives zeros whatever it sees."""
    steps = [
        helper.make_node("AveragePool", ["data"], ["pooled"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("Mul", ["pooled", "factor"], ["scaled"]),
        *(helper.make_node("Flatten", ["scaled"], [f"out{index}"]) for index in range(outputs)),
    ]
    size = 3 * (side // 16) ** 2
    graph = helper.make_graph(
        steps, "tiny",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info(f"out{n}", TensorProto.FLOAT, [1, size]) for n in range(outputs)],
        [numpy_helper.from_array(np.array(0.0 if nothing else 1.0, dtype=np.float32), "factor")],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def pack(folder: Path, model: onnx.ModelProto | None = None, *, mesh: str = "mesh") -> Path:
    """The folder with the model and its thresholds, which are the default's because the network is."""
    folder.mkdir(parents=True, exist_ok=True)
    data = (folded() if model is None else model).SerializeToString()
    (folder / "recogniser.onnx").write_bytes(data)
    thresholds(folder, mesh)
    return folder


def thresholds(folder: Path, mesh: str = "mesh") -> None:
    """The default's, under the name that this pack's templates have."""
    own = msgspec.structs.replace(calibration.shipped(_OWN), model=named(folder, mesh))
    (folder / THRESHOLDS).write_bytes(calibration.written(own))


def named(folder: Path, mesh: str = "mesh") -> str:
    """What its templates are called: by the content of the network and of the manifest, if there is one."""
    content = sha256(folder / "recogniser.onnx")
    if (folder / "manifest.json").exists():
        content = hashlib.sha256((content + sha256(folder / "manifest.json")).encode()).hexdigest()
    return f"insightface-{content[:12]}-{mesh}-mirror-1"


def sha256(path: Path) -> str:
    """A file's digest, as a note of pins has it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest(folder: Path, file: str = "recogniser.onnx", *, mean: float = 0.0, std: float = 1.0) -> None:
    """Says, as packs of InsightFace 2 do, which file does what and how pictures are prepared for it."""
    task = {
        "file": file, "preprocessing": {"mean": mean, "std": std}, "embedding_dimension": 128,
        "sha256": sha256(folder / file),
    }  # fmt: skip
    told = {
        "manifest_version": 2, "model_id": "own", "license": "MODEL.LICENSE", "tasks": {"recognition": task},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(told), "utf-8")
