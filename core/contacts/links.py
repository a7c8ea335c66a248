"""The links that a contact is given: what the QR code of an invitation says (C-1)."""

from urllib.parse import quote


def invitation_link(public_url: str, token: str) -> str:
    """The address that a phone opens; the token stands in the path, which no referrer and no log may tell."""
    return f"{public_url.rstrip('/')}/i/{quote(token, safe='')}"
