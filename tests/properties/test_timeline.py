"""Trusted time holds for every journal: whatever the wall clock does, however the journal arrives (S-11)."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.wire.timeline import (
    TOLERANCE_MS,
    AnchorPoint,
    Evidence,
    Trusted,
    settle,
    tail_start,
)
from tests.fakes.clock import FakeClock

HOUR = 3_600_000


class Life:
    """A device's life: evidence as a journal would hold it, beside the true time of every entry."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.evidence: list[Evidence] = []
        self.true: list[int] = []

    def write(self, *, anchor: bool = False) -> None:
        boot = self.clock.boot()
        point = AnchorPoint(self.clock.true_ms, boot.ms) if anchor else None
        wall = self.clock.true_ms + self.clock.wall_error_ms
        self.evidence.append(Evidence(wall, boot.id, boot.ms, point))
        self.true.append(self.clock.true_ms)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 30 * HOUR)),
        st.tuples(st.just("write"), st.just(0)),
        st.tuples(st.just("anchor"), st.just(0)),
        st.tuples(st.just("reboot"), st.integers(0, 10 * HOUR)),
        st.tuples(st.just("move"), st.integers(-40 * HOUR, 40 * HOUR)),
        st.tuples(st.just("drift"), st.integers(-20_000, 20_000)),
    ),
    max_size=40,
)


@st.composite
def lives(draw: st.DrawFn, *, moves: bool = True) -> Life:
    """A device that waits, writes, is anchored, is rebooted, and whose wall clock is moved."""
    life = Life()
    for kind, amount in draw(STEPS):
        if kind == "wait":
            life.clock.advance(ms=amount)
        elif kind == "reboot":
            life.clock.reboot(amount)
        elif kind in ("move", "drift"):
            small = abs(life.clock.wall_error_ms + amount) <= TOLERANCE_MS // 2
            life.clock.move_wall(amount if small or (moves and kind == "move") else 0)
        elif kind in ("write", "anchor"):
            life.write(anchor=kind == "anchor")
    return life


@st.composite
def wild(draw: st.DrawFn) -> list[Evidence]:
    """Any evidence at all, also what no honest device writes: boots that return, anchors that contradict."""
    number = st.integers(0, 2_000_000)
    anchors = st.none() | st.builds(AnchorPoint, number, number)
    return draw(st.lists(st.builds(Evidence, number, st.sampled_from("abc"), number, anchors), max_size=12))


@pytest.mark.rule("S-11")
@given(lives())
def test_the_same_boot_as_an_anchor_is_exact_to_the_millisecond(life: Life) -> None:
    """*Proven*: same boot as an anchor — whatever the wall clock does."""
    anchored = {one.boot_id for one in life.evidence if one.anchor}
    for one, true, trusted in zip(life.evidence, life.true, settle(life.evidence), strict=True):
        assert (trusted.proof == "proven") == (one.boot_id in anchored)
        if trusted.proof == "proven":
            assert trusted.ms == true


@pytest.mark.rule("S-11")
@given(lives())
def test_a_clock_moved_by_hand_gains_nobody_time(life: Life) -> None:
    """A clock moved by hand gains nobody time: every proven interval is the true interval."""
    proven = [
        (trusted.ms, true)
        for trusted, true in zip(settle(life.evidence), life.true, strict=True)
        if trusted.proof == "proven"
    ]
    for (t1, true1), (t2, true2) in pairwise(proven):
        assert t2 - t1 == true2 - true1


@pytest.mark.rule("S-11")
@given(lives(moves=False))
def test_bracketed_is_within_two_minutes(life: Life) -> None:
    """*Bracketed*: at most 120 s off; a clock that only drifts is bracketed wherever anchors stand on both sides."""
    anchors = [i for i, one in enumerate(life.evidence) if one.anchor]
    for i, (true, trusted) in enumerate(zip(life.true, settle(life.evidence), strict=True)):
        if trusted.proof == "bracketed":
            assert abs(trusted.ms - true) <= TOLERANCE_MS
            assert anchors[0] < i < anchors[-1]


@pytest.mark.rule("S-11")
@given(lives(), st.integers(TOLERANCE_MS + 1, 40 * HOUR), st.booleans())
def test_a_move_inside_a_boot_is_never_bracketed(life: Life, move: int, back: bool) -> None:
    """Journal order consistent: a wall clock moved between two entries of one boot does not vouch for that boot."""
    life.clock.reboot()
    life.write()
    first = len(life.evidence) - 1
    life.clock.move_wall(-move if back else move)
    life.write()
    life.clock.reboot()
    life.write(anchor=True)
    settled = settle(life.evidence)
    assert {settled[first].proof, settled[first + 1].proof} == {"unproven"}


@pytest.mark.rule("S-11")
@given(wild())
def test_time_never_runs_backwards_in_a_journal(evidence: list[Evidence]) -> None:
    """Never before the trusted time of the entry above."""
    times = [one.ms for one in settle(evidence)]
    assert times == sorted(times)


@pytest.mark.rule("S-11")
@given(st.one_of(wild(), lives().map(lambda life: life.evidence)), st.data())
def test_how_the_journal_arrives_does_not_matter(evidence: list[Evidence], data: st.DataObject) -> None:
    """The trusted time never derives from the moment of arrival: batches from the tail on give the same."""
    whole = settle(evidence)
    assert arrived_in_batches(evidence, data) == whole


def arrived_in_batches(evidence: Sequence[Evidence], data: st.DataObject) -> list[Trusted]:
    """Settles as a server does: after each batch, from the last anchor that it had settled before."""
    known: list[Trusted] = []
    here = 0
    while here < len(evidence):
        upto = data.draw(st.integers(here + 1, len(evidence)))
        start = tail_start(evidence[:here])
        floor = known[start].ms if start < len(known) else None
        tail = settle(evidence[start:upto], floor)
        for index, (before, after) in enumerate(zip(known[start:], tail, strict=False)):
            assert not before.final or before == after, f"a final time changed at {start + index}"
        known[start:] = tail
        here = upto
    return known
