"""The form that a command must have to be kept by either database, whoever put it together."""

import re

import msgspec

from core.command import Command, spec_of
from core.errors import BadInput

_ESCAPED = b"\\u0000"
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A backslash that somebody typed is doubled in JSON; the one of an escape stands alone, or behind such pairs."""


def holds_zero(body: bytes | msgspec.Raw) -> bool:
    """Whether a text in this JSON has a zero byte, which PostgreSQL keeps in no text and SQLite would."""
    written = bytes(body)
    return _ESCAPED in written and _ZERO.search(written) is not None


def keepable(text: str) -> str:
    """A device's own text as both databases keep it: in the place of a zero byte stands its picture."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}")


def require_form(command: Command) -> None:
    """Raises ``BadInput`` for what no database could keep."""
    try:
        body = msgspec.json.encode(command)
        msgspec.json.decode(body, type=type(command))
    except (UnicodeEncodeError, OverflowError, msgspec.ValidationError) as error:
        title = spec_of(type(command)).title
        raise BadInput(
            "commands.body", f"“{title}”的内容格式不正确", f"请核对后重新提交（{error}）"
        ) from error
    if holds_zero(body):
        raise BadInput("commands.body", "内容里有无法保存的字符", "请重新输入后再提交")
