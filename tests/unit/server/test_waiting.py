"""The two tasks beside the requests: nobody misses a commit, and no trouble of the database ends them for ever."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.bus import Bus
from core.db.store import Store
from server import jobs
from server.waiting import HeadWatch
from tests.fakes.clock import FakeClock


def test_who_begins_to_wait_does_not_swallow_the_news_for_others() -> None:
    head = 5

    async def story() -> list[int]:
        watch = HeadWatch(lambda: head)
        first = asyncio.create_task(watch.beyond(5, 20))
        await asyncio.sleep(0.1)
        nonlocal head
        head = 6
        # No task polls: the second waiter alone reads that the head has moved.
        second = await watch.beyond(6, 0.1)
        return [second, await asyncio.wait_for(first, 5)]

    assert asyncio.run(story()) == [6, 6]


@pytest.mark.expect_log("head_unreadable")
def test_a_database_that_was_busy_once_is_read_again() -> None:
    answers = iter([1, PoolTimeout("all connections are in use"), 2])
    asked = threading.Event()

    def read() -> int:
        answer = next(answers, 2)
        asked.set()
        if isinstance(answer, PoolTimeout):
            raise answer
        return answer

    async def story() -> int:
        watch = HeadWatch(read)
        waiting = asyncio.create_task(watch.beyond(1, 10))
        await asyncio.to_thread(asked.wait)  # the trouble is the background task's, not the waiter's
        running = asyncio.create_task(watch.run())
        try:
            return await waiting
        finally:
            running.cancel()

    assert asyncio.run(story()) == 2


@pytest.mark.rule("S-8")
@pytest.mark.expect_log("job_failed")
def test_the_jobs_go_on_after_a_turn_without_a_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit still open after 24 h is closed by the system: also after the database was busy for a while."""
    monkeypatch.setattr(jobs, "EVERY_SECONDS", 0.05)
    url = f"sqlite:///{(tmp_path / 'busy.sqlite').as_posix()}"
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    store = Store(engine, FakeClock())
    store.create_tables()

    async def story() -> bool:
        with engine.connect():
            running = asyncio.create_task(jobs.run(Bus(store), lambda: None))
            await asyncio.sleep(0.5)
            alive = not running.done()
        running.cancel()
        return alive

    try:
        assert asyncio.run(story())
    finally:
        store.close()
