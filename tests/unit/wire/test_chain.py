"""Following pushed chains: repetitions, gaps, forks, mixed journals."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.wire.chain import Link, broken_at, follow, link
from core.wire.push import Head

VECTOR: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "chain.json").read_text("utf-8"))
START = Head(dseq=0, hash=VECTOR["genesis"])
JOURNAL: str = VECTOR["journal"]


@pytest.fixture
def links() -> list[Link]:
    return [link(one["bytes"].encode()) for one in VECTOR["entries"]]


def head_of(one: Link) -> Head:
    return Head(dseq=one.entry.dseq, hash=one.hash)


def test_a_whole_chain_is_followed(links: list[Link]) -> None:
    found = follow(START, {}, JOURNAL, links)
    assert (found.new, found.repeated, found.gap, found.fork) == (links, [], False, False)
    assert found.head == head_of(links[-1])
    assert broken_at(START, JOURNAL, links) is None


def test_what_is_known_is_repeated_and_the_rest_is_new(links: list[Link]) -> None:
    found = follow(head_of(links[1]), {1: links[0].hash, 2: links[1].hash}, JOURNAL, links)
    assert (found.repeated, found.new) == (links[:2], links[2:])


def test_a_stale_push_moves_nothing(links: list[Link]) -> None:
    known = {one.entry.dseq: one.hash for one in links}
    found = follow(head_of(links[-1]), known, JOURNAL, links[:1])
    assert (found.head, found.new, found.fork) == (head_of(links[-1]), [], False)


def test_a_gap_is_told_and_nothing_is_taken(links: list[Link]) -> None:
    found = follow(START, {}, JOURNAL, links[1:])
    assert (found.gap, found.fork, found.new, found.head) == (True, False, [], START)


def test_an_entry_of_another_journal_stops_the_push(links: list[Link]) -> None:
    moved = [link(one["bytes"].encode()) for one in VECTOR["rehomed"]["entries"]]
    found = follow(START, {}, JOURNAL, [links[0], moved[1]])
    assert (found.new, found.gap, found.fork) == ([links[0]], True, False)
    assert broken_at(START, JOURNAL, [links[0], moved[1]]) == 2


@pytest.mark.parametrize("known", [{1: "0" * 64}, {}])
def test_another_hash_under_a_known_number_is_a_fork(links: list[Link], known: dict[int, str]) -> None:
    found = follow(head_of(links[0]), known, JOURNAL, links)
    assert (found.fork, found.new) == (True, [])


def test_a_broken_link_is_a_fork(links: list[Link]) -> None:
    other = Head(dseq=1, hash="0" * 64)
    found = follow(other, {}, JOURNAL, links[1:])
    assert (found.fork, found.head) == (True, other)
    assert broken_at(other, JOURNAL, links[1:]) == 2


def test_a_number_twice_in_one_push_is_a_fork(links: list[Link]) -> None:
    assert follow(START, {}, JOURNAL, [links[0], links[0]]).fork


def test_a_changed_byte_breaks_the_chain(links: list[Link]) -> None:
    changed = links[1].raw.replace(b'"wall_ms":', b'"wall_ms": ')
    assert broken_at(START, JOURNAL, [links[0], Link(changed, links[1].hash, links[1].entry)]) == 2
