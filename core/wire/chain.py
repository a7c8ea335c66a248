"""What a server does with pushed bytes before it looks at any command: follow the chain, find gaps and forks.
Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from core.wire.envelope import Entry, entry_hash, parse
from core.wire.push import Head


class Link(msgspec.Struct, frozen=True):
    """An entry with its exact bytes and its hash."""

    raw: bytes
    hash: str
    entry: Entry


@dataclass(slots=True)
class Followed:
    """What a push adds: new links in order, those already held, and why it stopped, if it did."""

    head: Head
    new: list[Link] = field(default_factory=list)
    repeated: list[Link] = field(default_factory=list)
    gap: bool = False
    fork: bool = False


def link(raw: bytes) -> Link:
    """Parses bytes and takes their hash."""
    return Link(raw, entry_hash(raw), parse(raw))


def follow(head: Head, known: Mapping[int, str], journal: str, links: Sequence[Link]) -> Followed:
    """Follows a push from the server's head.

    ``known`` gives the hashes that the server holds, at least for the numbers in the push that are not above
    its head. Same number and hash: nothing happens. Beyond the next number: a gap, the client goes back.
    Another hash or a broken link: a fork, the client opens a new journal. What stands before it is taken.
    """
    result = Followed(head)
    for one in links:
        if one.entry.journal != journal or one.entry.dseq > result.head.dseq + 1:
            result.gap = True
            break
        if one.entry.dseq <= head.dseq:
            if known.get(one.entry.dseq) != one.hash:
                result.fork = True
                break
            result.repeated.append(one)
        elif one.entry.dseq <= result.head.dseq or one.entry.prev != result.head.hash:
            result.fork = True
            break
        else:
            result.new.append(one)
            result.head = Head(dseq=one.entry.dseq, hash=one.hash)
    return result


def broken_at(head: Head, journal: str, links: Sequence[Link]) -> int | None:
    """The first number after ``head`` at which a journal is not dense or its chain does not hold; None if it
    is whole.
    """
    dseq, previous = head.dseq, head.hash
    for one in links:
        if (one.entry.journal, one.entry.dseq, one.entry.prev) != (journal, dseq + 1, previous):
            return dseq + 1
        if entry_hash(one.raw) != one.hash:
            return dseq + 1
        dseq, previous = one.entry.dseq, one.hash
    return None
