"""Pictures of any depth as people see them: eight bits, on white."""

import numpy as np
from PIL import Image as Pillow

from core.face.types import Image, Numbers

_WHITE = (255, 255, 255, 255)
_VEILED = ("RGBA", "LA", "PA", "RGBa", "La")


def eight_bits(picture: Pillow.Image) -> Pillow.Image:
    """Without depth beyond eight bits, which Pillow would cut off instead of scaling, and without transparency."""
    if picture.mode.startswith(("I", "F")):
        return Pillow.fromarray(_scaled(np.asarray(picture, dtype=np.float64)))
    if picture.mode in _VEILED or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        return Pillow.alpha_composite(Pillow.new("RGBA", seen.size, _WHITE), seen)
    return picture


def _scaled(values: Numbers) -> Image:
    """Grey values of 16 bits, or from 0 to 1, as 0 to 255; what is no number is black."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    most = float(values.max(initial=0.0))
    factor = 255.0 if 0 < most <= 1 else 1 / 257 if most > 255 else 1.0
    return np.clip(values * factor + 0.5, 0, 255).astype(np.uint8)
