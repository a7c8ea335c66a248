"""Time-ordered ids for rows, commands and journal entries."""

import re

import uuid_utils

from core.errors import BadInput

_CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VERSION_7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_RANDOM_MASK = (1 << 62) - 1


def new_id(above: str | None = None) -> str:
    """A UUIDv7 as 36 lower-case characters, greater than any made in this process before, and than ``above``.

    ``above`` is for journals: their ids keep growing over a restart even if the wall clock was set back.
    """
    made = str(uuid_utils.uuid7())
    return made if above is None or made > above else _successor(above)


def is_id(text: str) -> bool:
    """Whether the text is an id in the one form that is stored: lower-case with hyphens, any version.

    Jobs and migrated rows carry UUIDv5, so the version is not asked here.
    """
    return _CANONICAL.fullmatch(text) is not None


def is_time_ordered(text: str) -> bool:
    """Whether the text is an id of version 7, as entries and journals must have."""
    return _VERSION_7.fullmatch(text) is not None


def _successor(text: str) -> str:
    """The next id of version 7 after the given one: everything but version and variant is one number that
    counts.
    """
    if not is_time_ordered(text):
        raise BadInput("id-form", f"编号格式不正确：{text}")
    value = int(text.replace("-", ""), 16)
    payload = ((value >> 80) << 74 | (value >> 64 & 0xFFF) << 62 | value & _RANDOM_MASK) + 1
    following = (
        payload >> 74 << 80 | 7 << 76 | (payload >> 62 & 0xFFF) << 64 | 2 << 62 | payload & _RANDOM_MASK
    )
    digits = f"{following:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
