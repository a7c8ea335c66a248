"""Sharpness, light, size and what is hidden of a face, measured on the face cut out in one size."""

import cv2
import numpy as np

from core.face.opencv.covering import mouth_and_eyes
from core.face.opencv.warp import around, crop
from core.face.types import Detection, Image, Landmarks, Quality

_SIZE = 128
_BLOWN_OUT = 250


class FaceMeter:
    """Measures the inner face (brows to chin), so that hair, helmet and background don't count."""

    def measure(
        self, image: Image, face: Detection, landmarks: Landmarks, *, covering: bool = False
    ) -> Quality:
        """The figures of this face; with ``covering`` also those of what may hide mouth and eyes."""
        mesh = landmarks.mesh
        low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
        middle, side = (low + high) / 2, float(np.max(high - low))
        square = around((float(middle[0]), float(middle[1])), side, mesh[33], mesh[263], 0.8)
        grey = cv2.cvtColor(crop(image, square, _SIZE), cv2.COLOR_BGR2GRAY)
        edges = cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F)
        contrast = float(grey.std())
        mouth, eyes = mouth_and_eyes(image, landmarks) if covering else (None, None)
        return Quality(
            face_px=float(np.linalg.norm(mesh[454, :2] - mesh[234, :2])),
            # Divided by contrast: a face in dim light isn't blurred for that.
            sharpness=float(edges.std()) / max(contrast, 1.0),
            brightness=float(grey.mean()),
            contrast=contrast,
            glare=float((grey >= _BLOWN_OUT).mean()),
            mouth=mouth,
            eyes=eyes,
        )
