"""Prints of a face before a camera, drawn: flat or bent, turned as asked, shaken by a hand; and drawn heads."""

import random
from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.face.types import Image, Landmarks, Numbers

SIZE = (640, 480)
_FOCAL = 620.0
_COARSE = 8
_OUTSIDE = -10_000.0
_SHIFT = 64
_STEPS = 8
_DEPTH = 8
_EYES = ((33, 133, 105), (362, 263, 334))
"""Corners of each eye and a point of the brow above it."""


@dataclass(frozen=True)
class Sheet:
    """A printed photo: its picture, and the same with shut eyes; ``bend`` is its radius in face widths."""

    opened: Image
    shut: Image
    face: tuple[float, float, float]
    """Middle and width of the face in the picture."""
    bend: float | None
    depth: Numbers | None = None
    """Instead of paper, a head: how far behind the nose each pixel lies, in pixels of the picture."""


@dataclass(frozen=True)
class Hold:
    """How the sheet is held: degrees, and pixels of the camera's picture off its middle."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    face_px: float = 170.0


def sheet(photo: Image, marks: Landmarks, donor: tuple[Image, Landmarks], bend: float | None) -> Sheet:
    """The photo as it would be printed."""
    middle = marks.mesh[:, :2].mean(axis=0)
    width = float(np.linalg.norm(marks.mesh[454, :2] - marks.mesh[234, :2]))
    return Sheet(photo, _shut(photo, marks, donor), (float(middle[0]), float(middle[1]), width), bend)


def _shut(photo: Image, marks: Landmarks, donor: tuple[Image, Landmarks]) -> Image:
    """The photo with another person's shut eyes, as they are seen through slits that were cut into it."""
    found = photo.astype(np.float32)
    for eye in _EYES:
        there, here = (one.mesh[list(eye), :2].astype(np.float32) for one in (donor[1], marks))
        matrix = cv2.getAffineTransform(there, here)
        size = (photo.shape[1], photo.shape[0])
        patch = cv2.warpAffine(donor[0], matrix, size, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        mask = np.zeros(photo.shape[:2], dtype=np.float32)
        middle, across = here[:2].mean(axis=0), float(np.linalg.norm(here[1] - here[0]))
        axes = (int(across * 0.68), int(across * 0.36))
        turn = float(np.degrees(np.arctan2(*(here[1] - here[0])[::-1])))
        cv2.ellipse(mask, (int(middle[0]), int(middle[1])), axes, turn, 0, 360, 1.0, -1)
        inside = mask > 0
        patch += found[inside].mean(axis=0) - patch[inside].mean(axis=0)
        soft = cv2.GaussianBlur(mask, (0, 0), across * 0.06)[:, :, None]
        found = found * (1 - soft) + patch * soft
    return np.clip(found, 0, 255).astype(np.uint8)


def drawn(sheet_: Sheet, hold: Hold, backdrop: Image, *, shut: bool = False) -> Image:
    """What a camera without noise sees of the sheet."""
    x, y = _map(sheet_, hold)
    picture = sheet_.shut if shut else sheet_.opened
    lit = cv2.convertScaleAbs(picture, alpha=0.6 + 0.4 * float(np.cos(np.radians(hold.yaw))))
    canvas = backdrop.copy()
    cv2.remap(lit, x, y, cv2.INTER_LINEAR, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    return canvas


def _map(sheet_: Sheet, hold: Hold) -> tuple[Numbers, Numbers]:
    """For every pixel of the camera the place on the sheet that it sees."""
    width, height = SIZE
    grid = (
        np.mgrid[0 : height // _COARSE, 0 : width // _COARSE].astype(np.float64) * _COARSE + _COARSE / 2 - 0.5
    )
    rays = (
        np.stack([grid[1] - width / 2, grid[0] - height / 2, np.full_like(grid[0], _FOCAL)], axis=-1) / _FOCAL
    )
    far = _FOCAL * sheet_.face[2] / hold.face_px
    turn = _rotation(hold)
    place = np.array([hold.x * far / _FOCAL, hold.y * far / _FOCAL, far])
    eye, rays = -place @ turn, rays @ turn
    if sheet_.depth is not None:
        x, y = _head(eye, rays, sheet_, sheet_.depth)
    else:
        x, y = _flat(eye, rays) if sheet_.bend is None else _bent(eye, rays, sheet_.bend * sheet_.face[2])
    x, y = x + sheet_.face[0], y + sheet_.face[1]
    fine = [cv2.resize(one.astype(np.float32), SIZE, interpolation=cv2.INTER_LINEAR) for one in (x, y)]
    return fine[0], fine[1]


def _flat(eye: Numbers, rays: Numbers) -> tuple[Numbers, Numbers]:
    reach = -eye[2] / rays[..., 2]
    return eye[0] + reach * rays[..., 0], eye[1] + reach * rays[..., 1]


def _bent(eye: Numbers, rays: Numbers, radius: float) -> tuple[Numbers, Numbers]:
    """A sheet around an upright tube whose axis lies behind it."""
    a = rays[..., 0] ** 2 + rays[..., 2] ** 2
    b = eye[0] * rays[..., 0] + (eye[2] - radius) * rays[..., 2]
    c = eye[0] ** 2 + (eye[2] - radius) ** 2 - radius**2
    under = b**2 - a * c
    reach = (-b - np.sqrt(np.maximum(under, 0.0))) / a
    x, z = eye[0] + reach * rays[..., 0], eye[2] + reach * rays[..., 2]
    along = radius * np.arctan2(x, radius - z)
    return np.where(under > 0, along, _OUTSIDE), eye[1] + reach * rays[..., 1]


def _head(eye: Numbers, rays: Numbers, sheet_: Sheet, depth: Numbers) -> tuple[Numbers, Numbers]:
    """A surface whose depth is known for every pixel: found by walking along each ray until it is met."""
    z = np.zeros_like(rays[..., 0])
    for _ in range(_STEPS):
        reach = (z - eye[2]) / rays[..., 2]
        x, y = eye[0] + reach * rays[..., 0], eye[1] + reach * rays[..., 1]
        places = [
            (one + middle).astype(np.float32) for one, middle in zip((x, y), sheet_.face[:2], strict=True)
        ]
        z = (
            z + cv2.remap(depth, places[0], places[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        ) / 2
    return x, y


def head(photo: Image, marks: Landmarks, donor: tuple[Image, Landmarks]) -> Sheet:
    """The photo laid on the shape that the mesh sees in it: stands for a living head as far as geometry goes."""
    flat = sheet(photo, marks, donor, None)
    size = (photo.shape[1] // _DEPTH, photo.shape[0] // _DEPTH)
    deepest = float(np.max(marks.mesh[:, 2]))
    known = np.full(size[::-1], deepest, dtype=np.float64)
    hull = cv2.convexHull((marks.mesh[:, :2] / _DEPTH).astype(np.int32))
    mask = np.zeros(size[::-1], dtype=np.uint8)
    cv2.fillConvexPoly(mask, hull, 1)
    rows, columns = np.nonzero(mask)
    points, heights = marks.mesh[:, :2] / _DEPTH, marks.mesh[:, 2]
    apart = (points[:, 0] - columns[:, None]) ** 2 + (points[:, 1] - rows[:, None]) ** 2
    weight = 1.0 / (apart + 1.0) ** 2
    known[rows, columns] = (weight * heights).sum(axis=1) / weight.sum(axis=1)
    middle = float(marks.mesh[[234, 454], 2].mean())
    depth = cv2.GaussianBlur(cv2.resize(known, (photo.shape[1], photo.shape[0])), (0, 0), flat.face[2] * 0.02)
    return replace(flat, depth=(depth - middle).astype(np.float32))


def _rotation(hold: Hold) -> Numbers:
    yaw, pitch, roll = (np.radians(value) for value in (hold.yaw, hold.pitch, hold.roll))
    across = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    down = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    flat = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(flat @ down @ across)


class Camera:
    """Adds a camera's noise and its compression."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        wide = np.random.default_rng(seed).normal(0, 1, (SIZE[1] + _SHIFT, SIZE[0] + _SHIFT, 3))
        self._noise = (wide * self._chance.uniform(1.5, 4.0)).astype(np.int16)
        self._quality = [cv2.IMWRITE_JPEG_QUALITY, self._chance.randint(70, 92)]

    def take(self, picture: Image) -> Image:
        """One frame; the noise is another one every time."""
        x, y = self._chance.randrange(_SHIFT), self._chance.randrange(_SHIFT)
        noise = self._noise[y : y + SIZE[1], x : x + SIZE[0]]
        noisy = cv2.add(picture, noise, dtype=cv2.CV_8U)
        packed = cv2.imencode(".jpg", noisy, self._quality)[1]
        return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
