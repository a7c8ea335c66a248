"""Where a head looks, from the mesh's own three dimensions (pure)."""

import math

import numpy as np

from core.face.types import Points, Pose

# Pairs of mesh points that mirror each other, image-left first: face edge, outer eye corners, cheeks, mouth corners.
_LEFT = (234, 33, 93, 61)
_RIGHT = (454, 263, 323, 291)
_TOP, _CHIN = 10, 152
_REST_PITCH = -6.0
"""What the median of 2,200 press photos shows: forehead to chin is no upright line."""


def pose_of(mesh: Points) -> Pose:
    """Yaw, pitch and roll in degrees; the mesh's depth grows away from the camera."""
    across = (mesh[list(_RIGHT)] - mesh[list(_LEFT)]).sum(axis=0)
    across /= np.linalg.norm(across)
    down = mesh[_CHIN] - mesh[_TOP]
    down = down - across * float(down @ across)
    down /= np.linalg.norm(down)
    ahead = np.cross(down, across)  # out of the face, towards the camera (negative depth)
    yaw = math.degrees(math.atan2(float(ahead[0]), -float(ahead[2])))
    pitch = math.degrees(math.atan2(-float(ahead[1]), math.hypot(float(ahead[0]), float(ahead[2]))))
    roll = math.degrees(math.atan2(float(across[1]), float(across[0])))
    return Pose(yaw, pitch - _REST_PITCH, roll)
