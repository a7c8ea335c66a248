"""Work in several processes: results in order, trouble as a sentence, and a watcher who sees how far it is."""

import io
import multiprocessing
import os
import time

import pytest

from core.errors import BadInput, DomainError
from core.face.engine import FaceEngine
from core.face.fake import fake_engine
from core.face.tool.crew import each, hands
from core.face.tool.progress import Progress


def _twice(engine: FaceEngine, number: int) -> tuple[str, int]:
    return engine.model, 2 * number


def _die(engine: FaceEngine, number: int) -> int:
    os._exit(3)


def _refuse(engine: FaceEngine, number: int) -> int:
    raise BadInput("face.test", "不行", "换一个")


def _rest(_engine: FaceEngine, seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    found = each(fake_engine(), fake_engine, _twice, range(9), jobs, 2)
    assert list(found) == [("fake", 2 * n) for n in range(9)]


def test_a_process_that_dies_is_a_sentence() -> None:
    with pytest.raises(DomainError) as caught:
        list(each(fake_engine(), fake_engine, _die, range(4), 2))
    assert caught.value.code == "face.worker" and caught.value.hint


def test_who_stops_early_waits_for_no_task() -> None:
    """As at Ctrl-C: tasks that would take a minute are not waited for, and no process stays."""
    results = each(fake_engine(), fake_engine, _rest, [0.0, 60.0, 60.0, 60.0], 2)
    assert next(results) == 0.0
    begun = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    for child in multiprocessing.active_children():
        child.join(30)
    assert time.monotonic() - begun < 30
    assert multiprocessing.active_children() == []


def test_trouble_of_one_item_keeps_its_words_on_the_way_back() -> None:
    with pytest.raises(DomainError) as caught:
        list(each(fake_engine(), fake_engine, _refuse, range(4), 2))
    assert caught.value.sentence == "不行"


@pytest.mark.parametrize(
    ("items", "jobs", "few", "count"), [(0, None, 1, 1), (1, 8, 1, 1), (8, 8, 8, 1), (9, 3, 8, 3)]
)
def test_no_more_processes_than_are_worth_while(items: int, jobs: int | None, few: int, count: int) -> None:
    assert hands(items, jobs, few) == count
    assert 1 <= hands(1000, None) <= 1000


def test_progress_is_told_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _Terminal()
    monkeypatch.setattr("sys.stderr", told)
    with Progress(3, "photos") as progress:
        for _ in range(3):
            progress.step()
    assert "photos 3/3, 0 s left" in told.getvalue() and told.getvalue().endswith("\n")
    silent = io.StringIO()
    monkeypatch.setattr("sys.stderr", silent)
    with Progress(1, "photos") as progress:
        progress.step()
    assert not silent.getvalue()


class _Terminal(io.StringIO):
    """Text that somebody sees."""

    def isatty(self) -> bool:
        return True
