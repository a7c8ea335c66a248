"""Trusted time (S-11): a pure function of a journal, never of the moment of arrival; a moved clock gains
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

TOLERANCE_MS = 120_000
"""S-11: how far a wall clock may be off and still bracket; also how far a proven time may be pushed by the
order.
"""

Proof = Literal["proven", "bracketed", "unproven"]


class AnchorPoint(NamedTuple):
    """A server's time, and where the device's boot clock stood when it was given; the signature has been
    checked.
    """

    server_ms: int
    boot_ms: int


class Evidence(NamedTuple):
    """What one entry says about time, in journal order; ``anchor`` if it is a valid ``time.anchor`` of this
    boot.
    """

    wall_ms: int
    boot_id: str
    boot_ms: int
    anchor: AnchorPoint | None = None


class Trusted(NamedTuple):
    """The trusted time of one entry; one that is not final may change when the next anchor comes."""

    ms: int
    proof: Proof
    final: bool = True


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring entries of one boot, whose boot clock goes forward: [start, stop) in the evidence."""

    start: int
    stop: int
    anchors: tuple[int, ...]


def settle(evidence: Sequence[Evidence], floor_ms: int | None = None) -> list[Trusted]:
    """The trusted time of every entry of a journal, or of its tail from the last anchor on.

    For a tail, which begins at ``tail_start``, ``floor_ms`` is the trusted time already given to its first
    entry; the answer is then the same as for the whole journal. Without an anchor there the tail is the whole
    journal, nothing above it is settled, and the floor does not count.
    """
    runs = _runs(evidence)
    anchored = [run for run in runs if run.anchors]
    guesses: list[Trusted] = []
    before: _Run | None = None
    for run in runs:
        if run.anchors:
            guesses += _proven(evidence, run)
            before = run
        else:
            after = next((one for one in anchored if one.start >= run.stop), None)
            guesses += _unanchored(evidence, run, before, after)
    settled_above = bool(evidence) and evidence[0].anchor is not None
    return _in_order(guesses, floor_ms if settled_above else None)


def tail_start(evidence: Sequence[Evidence]) -> int:
    """Where the tail begins that has to be settled again: at the last anchor, or at the start if there is
    none.
    """
    return max((i for i, one in enumerate(evidence) if one.anchor), default=0)


def _runs(evidence: Sequence[Evidence]) -> list[_Run]:
    """Splits at every new boot; a boot id that comes again, or a boot clock that goes back, is a new run,
    unproven.
    """
    starts = [
        i
        for i, one in enumerate(evidence)
        if i == 0 or one.boot_id != evidence[i - 1].boot_id or one.boot_ms < evidence[i - 1].boot_ms
    ]
    stops = [*starts[1:], len(evidence)][: len(starts)]
    return [
        _Run(start, stop, tuple(i for i in range(start, stop) if evidence[i].anchor))
        for start, stop in zip(starts, stops, strict=True)
    ]


def _proven(evidence: Sequence[Evidence], run: _Run) -> list[Trusted]:
    """Same boot as an anchor: the nearest before, else the first after; exact, whatever the wall clock
    did.
    """
    made = []
    current = evidence[run.anchors[0]].anchor
    for one in evidence[run.start : run.stop]:
        current = one.anchor or current
        if current is not None:
            made.append(Trusted(current.server_ms + one.boot_ms - current.boot_ms, "proven"))
    return made


def _unanchored(
    evidence: Sequence[Evidence], run: _Run, before: _Run | None, after: _Run | None
) -> list[Trusted]:
    """No anchor in this boot: the wall clock counts only if both neighbouring anchors vouch for it.

    What claims to lie beyond the next proven time is cut there, so that it cannot push proven entries.
    """
    entries = evidence[run.start : run.stop]
    if after is None:
        return [Trusted(one.wall_ms, "unproven", final=False) for one in entries]
    ceiling = _proven(evidence, after)[0].ms
    proof: Proof = "bracketed" if before and _vouched(evidence, before, after) else "unproven"
    return [Trusted(min(one.wall_ms, ceiling), proof) for one in entries]


def _vouched(evidence: Sequence[Evidence], before: _Run, after: _Run) -> bool:
    """Whether the wall clock was right at both anchors, never ran backwards, and kept step with every boot
    clock.
    """
    first, last = before.anchors[-1], after.anchors[0]
    window = evidence[first : last + 1]
    forwards = all(a.wall_ms <= b.wall_ms for a, b in pairwise(window))
    right = all(_off(evidence[i]) <= TOLERANCE_MS for i in (first, last))
    return forwards and right and all(_in_step(window[run.start : run.stop]) for run in _runs(window))


def _off(one: Evidence) -> int:
    """How far the wall clock of an anchor entry is from the server's time."""
    if one.anchor is None:
        raise ValueError("only an anchor tells how far the wall clock is off")
    return abs(one.wall_ms - (one.anchor.server_ms + one.boot_ms - one.anchor.boot_ms))


def _in_step(entries: Sequence[Evidence]) -> bool:
    """Whether wall and boot clock of one boot moved together."""
    offsets = [one.wall_ms - one.boot_ms for one in entries]
    return max(offsets) - min(offsets) <= TOLERANCE_MS


def _in_order(guesses: Sequence[Trusted], floor_ms: int | None) -> list[Trusted]:
    """Nothing is before the entry above it; what the order moves by more than the tolerance is proven no
    longer.
    """
    made: list[Trusted] = []
    above = floor_ms
    for guess in guesses:
        ms = guess.ms if above is None else max(guess.ms, above)
        proof: Proof = guess.proof if ms - guess.ms <= TOLERANCE_MS else "unproven"
        made.append(Trusted(ms, proof, guess.final))
        above = ms
    return made
