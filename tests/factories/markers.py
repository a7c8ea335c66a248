"""Looks for what must not lie anywhere: a marker in every writing, in every byte of every file and every row."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import Engine, text

from core.db.base import Base

_WEIGHTS = [pow(2, 17 - i, 11) for i in range(17)]


class Found(NamedTuple):
    """Where a marker lies, which one, and how it is written there."""

    place: str
    marker: str
    writing: str


def id_number() -> str:
    """An ID number with the right check digit whose region and birthday nobody has."""
    stem = f"99{secrets.randbelow(10_000):04}18991231{secrets.randbelow(1000):03}"
    total = sum(int(digit) * weight for digit, weight in zip(stem, _WEIGHTS, strict=True))
    return stem + "10X98765432"[total % 11]


def password(word: str = "口令") -> str:
    """A password strong enough (A-2) that stands nowhere else."""
    return f"{word}Mark{secrets.token_hex(6)}"


def writings(marker: str) -> Iterator[tuple[str, bytes]]:
    """Every way in which a program could have put the text into a file."""
    for name, raw in (("utf-8", marker.encode()), ("utf-16", marker.encode("utf-16-le"))):
        yield name, raw
        yield f"hex of {name}", raw.hex().encode()
        yield f"HEX of {name}", raw.hex().upper().encode()
        for pad in range(3):
            inner = base64.b64encode(b"\0" * pad + raw)
            # The first and the last characters hang together with what stands before and behind.
            cut = inner[(pad * 8 + 5) // 6 : len(inner) - (0 if (pad + len(raw)) % 3 == 0 else 4)]
            yield f"base64 of {name}", cut
            yield f"base64url of {name}", cut.replace(b"+", b"-").replace(b"/", b"_")
    yield "JSON", json.dumps(marker)[1:-1].encode()
    yield "percent", quote(marker).encode()


def in_bytes(place: str, content: bytes, markers: Mapping[str, str]) -> list[Found]:
    """Which markers lie in some bytes."""
    return [
        Found(place, name, writing)
        for name, marker in markers.items()
        for writing, raw in writings(marker)
        if raw in content
    ]


def in_files(folder: Path, markers: Mapping[str, str]) -> list[Found]:
    """Which markers lie in the files of a folder, also in their names."""
    found = []
    for file in sorted(folder.rglob("*")):
        found += in_bytes(str(file.relative_to(folder)), str(file.relative_to(folder)).encode(), markers)
        if file.is_file():
            found += in_bytes(str(file.relative_to(folder)), file.read_bytes(), markers)
    return found


def in_rows(engine: Engine, markers: Mapping[str, str]) -> list[Found]:
    """Which markers a database tells who asks it for all that it has: a file may hold them compressed."""
    found = []
    with engine.connect() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(table.select()).mappings():
                for name, value in row.items():
                    raw = value if isinstance(value, bytes) else str(value).encode()
                    found += in_bytes(f"{table.name}.{name}", raw, markers)
    return found


def database_files(engine: Engine) -> Path:
    """The folder in which a database's server keeps its files, with everything in it on the disk."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if engine.dialect.name != "postgresql":
            return Path(engine.url.database or "").parent
        db.execute(text("CHECKPOINT"))
        folder = Path(db.execute(text("SHOW data_directory")).scalar_one())
    # Our own server writes its log beside its data, the packaged one into them.
    return folder.parent if folder.name == "data" else folder
