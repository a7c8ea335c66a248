"""What makes a template good: how many photos, and how surely they are the person's (known without any model)."""

import hashlib

PHOTOS_GOOD = 3
"""A template of so many photos is steady: of East Asian people 0.8 % are then not known at once, of one photo 10 %."""
PHOTOS_MOST = 5
SURE = 1_000
"""A photo becomes part of a template if it is the person's among so many: one that two people share is not."""
ALIKE = 0.95
"""Two photos as like as this are one picture, cut or saved another way: of 2,947 pairs of one person's photos, two."""


def template_digest(model: str, vector: bytes) -> str:
    """The name of a template, by which evidence tells what a face was compared with (S-3)."""
    return hashlib.sha256(model.encode() + b"\0" + vector).hexdigest()
