"""The server's own tasks in the real application: a bug that breaks one off is told at once, the task begun again."""

import threading
import time
from dataclasses import replace

import pytest

from core.contacts.commands import InviteContact
from core.db.changes import head
from core.ids import new_id
from server import incidents
from server.waiting import HeadWatch
from tests.factories.web import Web
from tests.factories.world import World, run

pytestmark = pytest.mark.expect_log("task_broken")


class Reader:
    """Reads the head as the application does, but breaks a few times after the first question, that of who waits."""

    def __init__(self, web: Web, breaks: int) -> None:
        self._web, self.left = web, breaks
        self.broke = threading.Event()
        self._asked = False

    def __call__(self) -> int:
        if self._asked and self.left:
            self.left -= 1
            self.broke.set()
            raise ZeroDivisionError("秘密")
        self._asked = True
        with self._web.state.store.reading() as db:
            return head(db.connection())[0]


def with_reader(web: Web, breaks: int) -> Reader:
    """The application with such a reader in the place of its own."""
    reader = Reader(web, breaks)
    web.app.state.zhiye = replace(web.state, watch=HeadWatch(reader))
    return reader


def ask(web: Web, office: dict[str, str], seq: int, told: list[int]) -> threading.Thread:
    """Somebody asks, in a thread of his own, what comes after a commit."""

    def wait() -> None:
        asked = {"seq": seq, "seconds": 20}
        told.append(web.client.get("/api/v1/wait", params=asked, headers=office).json()["seq"])

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def broken(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log has of tasks that broke off."""
    return [one.getMessage() for one in caplog.records if "task_broken" in one.getMessage()]


def commit(web: Web, world: World, project: str) -> None:
    """Something is changed."""
    invitation = InviteContact(invitation_id=new_id(), project_id=project, token_hash="b" * 64)
    run(web.state.bus, invitation, world.office)


def test_a_task_that_breaks_twice_is_told_twice_and_works(
    web: Web, world: World, office: dict[str, str], caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(incidents, "FIRST_PAUSE_S", 0.2)
    project, reader, told = world.project(), with_reader(web, breaks=2), list[int]()
    with web.client:
        seq = web.client.get("/api/v1/health").json()["seq"]
        waiting = ask(web, office, seq, told)
        assert reader.broke.wait(10)
        until = time.monotonic() + 5
        while not broken(caplog) and time.monotonic() < until:
            time.sleep(0.01)
        assert broken(caplog), "while the server runs, and not when it stops"
        commit(web, world, project)
        waiting.join(20)
        assert (told, reader.left) == ([seq + 1], 0)
    assert len(broken(caplog)) == 2
    assert all("incident" in line and "ZeroDivisionError" in line for line in broken(caplog))
    assert "秘密" not in caplog.text


def test_a_server_stops_at_once_while_a_broken_task_pauses(
    web: Web, world: World, office: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents, "FIRST_PAUSE_S", 60.0)
    project, reader, told = world.project(), with_reader(web, breaks=1), list[int]()
    with web.client:
        waiting = ask(web, office, web.client.get("/api/v1/health").json()["seq"], told)
        assert reader.broke.wait(10)
        commit(web, world, project)
        web.client.get("/api/v1/wait", params={"seq": 0}, headers=office)  # reads the head for all who wait
        waiting.join(10)
        begun = time.monotonic()
    assert told and time.monotonic() - begun < 5
