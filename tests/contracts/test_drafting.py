"""What the desktop's drafts are promised, asked of the fake and of the real adapter before a device's own files."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.db.store import Store
from core.drafts.merge import GroupEdit
from core.errors import DomainError, NotHere, Refused
from core.ids import new_id
from core.projects.commands import EditProject
from core.projects.models import Project
from desktop.adapters.drafting import Drafting
from desktop.ports import Drafts, Me
from tests.database.test_drafts import Offices
from tests.database.test_sync_submit import network
from tests.factories.office import OfficeRows
from tests.fakes.clock import FakeClock
from tests.fakes.office import FakeDrafts

ME = Me(new_id(), "manager1", "经理甲", new_id(), new_id())


@dataclass
class Side:
    """Drafts over a copy that holds one project, and what makes the server answer."""

    drafts: Drafts
    store: Store
    project: str
    answer: Callable[[], object]

    def name(self) -> str:
        """As the screens read it."""
        with self.store.reading() as db:
            return db.get_one(Project, self.project).name

    def renamed(self, name: str) -> EditProject:
        """The edit of who sees what stands."""
        edit = GroupEdit(group="name", seen={"name": self.name()}, value={"name": name})
        return EditProject(project_id=self.project, edits=[edit])


def in_memory(folder: Path) -> Iterator[Side]:
    """The fake of the window's tests."""
    rows = OfficeRows(folder, FakeClock())
    drafts = FakeDrafts(rows.store, ME, new_id())
    with closing(rows.store):
        yield Side(drafts, rows.store, rows.project("示例项目"), drafts.answered)


def on_a_device(folder: Path) -> Iterator[Side]:
    """A paired desktop without a network until the server is to answer."""
    offices = Offices(folder)
    desk = offices.desktop()
    client = desk.client
    network(client).down = True

    def answer() -> None:
        network(client).down = False
        client.engine.round()

    me = replace(ME, account_id=desk.account, session=desk.session)
    yield Side(Drafting(client.submitter, client.cache, me), client.cache.store, offices.project, answer)
    offices.close()


@pytest.fixture(params=[in_memory, on_a_device])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    yield from request.param(tmp_path)


def refusal(work: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        work()
    return caught.value


def test_a_draft_stands_at_once_and_is_unanswered_until_the_server_says_so(side: Side) -> None:
    assert side.drafts.unanswered() == frozenset()
    side.drafts.submit(side.renamed("改了名"))
    assert side.name() == "改了名"
    assert side.drafts.unanswered() == {side.project}
    side.answer()
    assert side.name() == "改了名"
    assert side.drafts.unanswered() == frozenset()


def test_what_is_refused_has_not_been_written(side: Side) -> None:
    before = side.name()
    found = refusal(lambda: side.drafts.submit(side.renamed(" ")))
    assert isinstance(found, Refused) and found.rule == "J-2"
    unknown = EditProject(project_id=new_id(), edits=[])
    assert isinstance(refusal(lambda: side.drafts.submit(unknown)), NotHere)
    assert (side.name(), side.drafts.unanswered()) == (before, frozenset())
