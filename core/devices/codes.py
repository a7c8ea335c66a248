"""Pairing codes: one alphabet and one form for whoever makes them, and the hash that is kept."""

import hashlib
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are taken for each other when somebody reads them aloud."""
_GROUP = 4


def fresh_code() -> str:
    """A new code as it is shown, in two groups that one can read aloud: ``SFQY-5PFH``."""
    first, second = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(2))
    return f"{first}-{second}"


def code_hash(code: str) -> str:
    """How a code is stored; spaces and dashes that people type don't count, nor do case and width of letters."""
    typed = unicodedata.normalize("NFKC", code).upper()
    return hashlib.sha256("".join(char for char in typed if char.isalnum()).encode()).hexdigest()
