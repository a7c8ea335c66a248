"""What a flat picture can't do: the part of a motion that no homography explains (pure)."""

import numpy as np

from core.face.types import Numbers

MIN_POINTS = 24
"""Fewer followed points can't tell relief from noise."""
_KEPT = 0.85
"""Share of points that count: the worst are where the flow slipped, in a print as in a face."""


def relief(before: Numbers, after: Numbers, size: float) -> float | None:
    """Residual of the best homography in parts of the face's size: near 0 for a plane, however it turned."""
    if len(before) < MIN_POINTS:
        return None
    error = _errors(before, after)
    # Fitted twice: a slipped point must not bend the plane that the others are judged by.
    kept = np.argsort(error)[: max(MIN_POINTS, int(len(error) * _KEPT))]
    error = _errors(before[kept], after[kept])
    return float(np.sqrt((error**2).mean())) / size


def _errors(before: Numbers, after: Numbers) -> Numbers:
    matrix = homography(before, after)
    moved = np.hstack([before, np.ones((len(before), 1))]) @ matrix.T
    return np.asarray(np.linalg.norm(moved[:, :2] / moved[:, 2:] - after, axis=1))


def homography(before: Numbers, after: Numbers) -> Numbers:
    """The least-squares homography (normalised direct linear transform) that carries one set onto the other."""
    a, a_norm = _normalised(before)
    b, b_norm = _normalised(after)
    x, y, u, v = a[:, 0], a[:, 1], b[:, 0], b[:, 1]
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.vstack(
        [
            np.stack([x, y, one, none, none, none, -u * x, -u * y, -u], axis=1),
            np.stack([none, none, none, x, y, one, -v * x, -v * y, -v], axis=1),
        ]
    )
    matrix = np.linalg.svd(rows, full_matrices=False)[2][-1].reshape(3, 3)
    return np.asarray(np.linalg.inv(b_norm) @ matrix @ a_norm)


def _normalised(points: Numbers) -> tuple[Numbers, Numbers]:
    """Points around 0 at mean distance √2, without which the fit is numerically poor, and the matrix that did it."""
    middle = points.mean(axis=0)
    spread = float(np.linalg.norm(points - middle, axis=1).mean())
    scale = np.sqrt(2) / max(spread, 1e-9)
    matrix = np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])
    return (points - middle) * scale, matrix
