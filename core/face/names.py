"""Names of recognisers, for who must know them before a network is loaded."""

from core.face.weights import SFACE

METHOD = "mirror-1"
"""How faces are laid and seen twice: templates that were made in another way can't be compared."""


def sface(mesh: str) -> str:
    """SFace on faces that are laid by these landmarks."""
    return f"{SFACE.name}-{SFACE.version}-{mesh}-{METHOD}"
