"""MiniFASNetV2: the passive anti-spoof network, from a file that the operator installs."""

from pathlib import Path

import cv2
import numpy as np

from core.errors import DomainError
from core.face.opencv.runtime import onnx_network
from core.face.types import Box, Detection, Image
from core.face.weights import checked

SHA256 = "f0616a1c7123d4978623910241b812943d2d5bba032eac26cc0416764517ef4a"
_NAME = "minifasnet_v2_27"
_SIZE = 80
_SCALE = 2.7
_LIVE = 1


class MiniFasNet:
    """Looks at the face with its surroundings: the edges of a photo or a screen lie there."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DomainError("face.weights_missing", "找不到活体检测模型文件。", "请检查设置中的文件位置。")
        self._net = onnx_network(checked(path.read_bytes(), _NAME, SHA256))

    @property
    def version(self) -> str:
        """The model's name."""
        return _NAME

    def score(self, image: Image, face: Detection) -> float:
        """1 for a living face, 0 for a picture."""
        x, y, side_x, side_y = _surroundings(face.box, image.shape[1], image.shape[0])
        crop = cv2.resize(image[y : y + side_y, x : x + side_x], (_SIZE, _SIZE))
        # Blue-green-red from 0 to 255, as it was trained; anything else ruins it.
        self._net.setInput(cv2.dnn.blobFromImage(crop))
        logits = np.asarray(self._net.forward(), dtype=np.float64).ravel()
        shares = np.exp(logits - np.max(logits))
        return float(shares[_LIVE] / shares.sum())


def _surroundings(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """The box enlarged about its middle, as far as the picture allows, moved inside it."""
    scale = min((height - 1) / box.height, (width - 1) / box.width, _SCALE)
    wide, high = box.width * scale, box.height * scale
    x = min(max(box.centre[0] - wide / 2, 0), width - 1 - wide)
    y = min(max(box.centre[1] - high / 2, 0), height - 1 - high)
    return int(x), int(y), int(wide) + 1, int(high) + 1
