"""The default engine's parts: every network runs inside OpenCV, from files that installed packages carry."""

from core.face.extras import same_library_path

with same_library_path():
    import cv2 as _cv2  # noqa: F401  (first of all: it puts its own folder into the library path of every child)
