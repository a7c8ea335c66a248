"""What a command found out: an exit code, one document for programs, lines for people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import DomainError

DONE, NO, MISUSE, INTERRUPTED = 0, 1, 2, 130
"""Done or true; no match, refused or not alive; bad use or nothing usable; broken off by Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A file that could not be used, and why: listed, never fatal."""

    file: str
    code: str
    sentence: str

    @classmethod
    def of(cls, file: str, error: DomainError) -> "Bad":
        """From what reading it raised."""
        return cls(file, error.code, error.sentence)

    def plain(self) -> dict[str, str]:
        """As JSON takes it."""
        return {"file": self.file, "reason": self.code, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one command."""

    code: int
    data: dict[str, Any]
    lines: list[str]
    bad: list[Bad] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Everything, as JSON takes it."""
        return {**self.data, "bad": [one.plain() for one in self.bad], "exit": self.code}

    def text(self) -> str:
        """Everything, as people read it; files that could not be used stand at the end."""
        tail = [f"bad files: {len(self.bad)}", *(f"  {one.file}: {one.sentence}" for one in self.bad)]
        return "\n".join([*self.lines, *(tail if self.bad else [])])


def columns(rows: Sequence[Sequence[object]]) -> list[str]:
    """Rows as aligned columns; numbers and words alike are set flush left."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    ]
