"""Work leaves the GUI thread, comes back to it, and one lane never does two things at once."""

from collections.abc import Iterator
from threading import Event, get_ident
from typing import Any

import pytest

from core.errors import BadInput
from core.qt.tasks import Tasks


@pytest.fixture
def unexplained() -> list[BaseException]:
    return []


@pytest.fixture
def tasks(qapp: Any, unexplained: list[BaseException]) -> Iterator[Tasks]:
    made = Tasks(unexplained.append)
    yield made
    made.close()


def test_work_runs_elsewhere_and_is_shown_here(tasks: Tasks, qtbot: Any) -> None:
    shown: list[tuple[int, int]] = []
    tasks.run(get_ident).then(lambda there: shown.append((there, get_ident())))
    qtbot.waitUntil(lambda: bool(shown))
    there, here = shown[0]
    assert here == get_ident() != there


def test_an_error_is_explained_here_after_tidying(tasks: Tasks, qtbot: Any) -> None:
    said: list[object] = []

    def fail() -> None:
        raise BadInput("x", "不行")

    tasks.run(fail).then(said.append).otherwise(said.append).always(lambda: said.append("tidy"))
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[0] == "tidy"
    assert isinstance(said[1], BadInput)


def test_an_error_that_nobody_expected_reaches_the_program(
    tasks: Tasks, unexplained: list[BaseException], qtbot: Any
) -> None:
    tasks.run(lambda: 1 / 0)
    qtbot.waitUntil(lambda: bool(unexplained))
    assert isinstance(unexplained[0], ZeroDivisionError)


def test_a_lane_keeps_the_order_and_lanes_do_not_wait_for_each_other(tasks: Tasks, qtbot: Any) -> None:
    gate, order = Event(), []
    tasks.run(lambda: gate.wait(5), "slow").then(lambda _: order.append("slow 1"))
    tasks.run(lambda: None, "slow").then(lambda _: order.append("slow 2"))
    tasks.run(lambda: None, "quick").then(lambda _: order.append("quick"))
    qtbot.waitUntil(lambda: order == ["quick"])
    gate.set()
    qtbot.waitUntil(lambda: order == ["quick", "slow 1", "slow 2"])


def test_what_nobody_waits_for_is_not_shown(tasks: Tasks, qtbot: Any) -> None:
    gate, shown = Event(), []
    dropped = tasks.run(lambda: gate.wait(5), "one").then(lambda _: shown.append("begun"))
    waiting = tasks.run(lambda: shown.append("ran"), "one")
    dropped.drop()
    waiting.drop()
    gate.set()
    tasks.run(lambda: None, "one").then(lambda _: shown.append("after"))
    qtbot.waitUntil(lambda: bool(shown))
    assert shown == ["after"]


def test_nothing_is_delivered_after_closing(tasks: Tasks, qtbot: Any) -> None:
    shown: list[object] = []
    tasks.run(lambda: None).then(shown.append)
    tasks.close()
    qtbot.wait(20)
    assert shown == []


@pytest.mark.parametrize("busy_s", [0.0, 0.1])
def test_closing_writes_what_waits_in_a_lane_that_must_finish(qapp: Any, busy_s: float) -> None:
    tasks, gate, written = Tasks(lambda error: None, finishing=["forms"]), Event(), list[str]()
    tasks.run(lambda: gate.wait(busy_s), "forms")
    tasks.run(lambda: written.append("keep"), "forms")
    tasks.run(lambda: gate.wait(busy_s), "camera")
    tasks.run(lambda: written.append("camera"), "camera")
    tasks.close()
    assert "keep" in written
