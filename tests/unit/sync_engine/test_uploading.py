"""Photos on their way: one that cannot be sent stops no other, and the server is asked ever more seldom."""

from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from core.errors import DomainError, Unreachable
from core.wire.push import BlobAnswer
from core.wire.sealing import box_digest
from sync.blobs import Outbox
from sync.errors import Damaged
from sync.transport import Transport
from sync.uploading import ROUND_S, Uploader
from tests.fakes.clock import FakeClock

BOXES = [b"one", b"two", b"three"]


class Store:
    """A server's blobs; some it refuses to take, and each upload takes some time."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.takes_s = clock, 0
        self.held: set[str] = set()
        self.durable: set[str] = set()
        self.refused: dict[str, DomainError] = {}
        self.asked: list[str] = []

    def blob(self, digest: str) -> BlobAnswer | None:
        """What it holds."""
        self.asked.append(digest)
        if digest not in self.held:
            return None
        return BlobAnswer(digest=digest, size=1, durable=digest in self.durable)

    def put_blob(self, digest: str, box: bytes) -> BlobAnswer:
        """Takes it, or not."""
        assert box_digest(box) == digest
        self.clock.advance(seconds=self.takes_s)
        if digest in self.refused:
            raise self.refused[digest]
        self.held.add(digest)
        return BlobAnswer(digest=digest, size=1, durable=digest in self.durable)


class Desk:
    """An outbox, its uploader and the server."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.outbox, self.store = Outbox(folder), Store(self.clock)
        self.digests = [self.outbox.put(box) for box in BOXES]
        self.uploader = Uploader(self.outbox, cast(Transport, self.store), self.clock)

    def asks(self, **time: int) -> int:
        """How often the server is asked in one round after some time."""
        self.clock.advance(**time)
        before = len(self.store.asked)
        self.uploader.run()
        return len(self.store.asked) - before


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_server_is_asked_ever_more_seldom(desk: Desk) -> None:
    """A backup may take a day; nobody learns more from asking each quarter of an hour."""
    rounds, minutes = [], 0
    while minutes < 10 * 24 * 60:
        if desk.asks():
            rounds.append(minutes)
        desk.clock.advance(minutes=15)
        minutes += 15
    gaps = [later - earlier for earlier, later in pairwise(rounds)]
    assert gaps[:7] == [15, 30, 60, 120, 240, 480, 960]
    assert set(gaps[7:]) == {24 * 60}
    desk.store.durable.update(desk.digests)
    assert desk.asks(days=1) == 3
    assert desk.outbox.waiting() == []


def test_what_the_server_has_lost_is_sent_again_and_asked_about_soon(desk: Desk) -> None:
    desk.asks()
    desk.asks(minutes=15)
    desk.store.held.clear()
    assert desk.asks(minutes=30) == 3
    assert desk.store.held == set(desk.digests)
    assert desk.asks(minutes=15) == 3


@pytest.mark.parametrize("error", [Unreachable("bug", "服务器出错"), Damaged("blob-damaged", "照片已损坏")])
def test_one_that_cannot_be_sent_stops_no_other(desk: Desk, error: DomainError) -> None:
    """Its trouble is told until it is over."""
    first = desk.outbox.waiting()[0]
    desk.store.refused[first] = error
    assert desk.uploader.run() is error
    assert desk.uploader.run() is error
    assert desk.store.held == {*desk.digests} - {first}
    asked = [desk.asks(minutes=1) for _ in range(10)]
    assert sum(asked) == 3, "tried again after 1, 2 and 4 minutes"
    desk.store.refused.clear()
    desk.clock.advance(minutes=15)
    assert desk.uploader.run() is None
    assert desk.store.held == set(desk.digests)


def test_a_round_ends_though_the_line_is_slow(desk: Desk) -> None:
    """New facts don't wait for all the photos of a day."""
    desk.store.takes_s = int(ROUND_S) + 1
    for done in (1, 2, 3):
        desk.uploader.run()
        assert len(desk.store.held) == done


def test_what_is_gone_is_forgotten(desk: Desk) -> None:
    first = desk.outbox.waiting()[0]
    desk.store.refused[first] = Damaged("blob-damaged", "照片已损坏")
    desk.uploader.run()
    desk.outbox.forget(first)
    found: Any = desk.uploader.run()
    assert found is None
