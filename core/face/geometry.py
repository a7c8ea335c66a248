"""What a picture can't do, flat or bent: the part of a motion that no sheet of paper explains (pure)."""

import numpy as np

from core.face.types import Numbers

MIN_POINTS = 24
"""Fewer followed points can't tell relief from noise."""
_KEPT = 0.85
"""Share of points that count: the worst are where the flow slipped, in a print as in a face."""


def relief(before: Numbers, after: Numbers, size: float) -> float | None:
    """What is left of a motion, in parts of the face's size, when a plane and a smooth bend are taken out.

    Near 0 for paper, however it is turned or rolled; a head has a nose, cheeks and sockets.
    """
    if len(before) < MIN_POINTS:
        return None
    away = _moved(before, after) - after
    # Fitted twice: a slipped point must not bend the plane that the others are judged by.
    kept = np.argsort((away**2).sum(axis=1))[: max(MIN_POINTS, int(len(away) * _KEPT))]
    before, after = before[kept], after[kept]
    left = _unbent(before, _moved(before, after) - after)
    return float(np.sqrt((left**2).sum(axis=1).mean())) / size


def _moved(before: Numbers, after: Numbers) -> Numbers:
    matrix = homography(before, after)
    moved = np.hstack([before, np.ones((len(before), 1))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _unbent(points: Numbers, away: Numbers) -> Numbers:
    """Without what a sheet rolled to a tube adds: it grows smoothly across the picture, to the third power."""
    middle = points.mean(axis=0)
    x, y = ((points - middle) / max(float(points.std()), 1e-9)).T
    bend = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y, x**3], axis=1)
    return np.asarray(away - bend @ np.linalg.lstsq(bend, away, rcond=None)[0])


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
