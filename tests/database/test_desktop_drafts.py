"""The desktop's road of a draft over the real sync: edited offline, in conflict, chosen offline, the same for all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desktop.adapters.drafting import Drafting
from desktop.ports import Me
from desktop.screens.projects.presenter import Card, ProjectsPresenter
from tests.database.test_drafts import HEAD, Desktop, Offices
from tests.database.test_sync_submit import network, shown

CONFLICTS = "SELECT kept FROM draft_conflict ORDER BY settled_ms IS NULL, settled_ms"


@dataclass
class Seat:
    """Somebody before a screen of an office's computer."""

    desk: Desktop
    drafts: Drafting
    presenter: ProjectsPresenter
    project: str

    def card(self) -> Card:
        """What the tab 信息 shows."""
        return self.presenter.card(self.project)

    def edit(self, **words: str) -> None:
        """He changes words as the dialog does, from what he sees."""
        head = self.card().head
        self.drafts.submit(head.edit({**head.values, **words}))

    def offline(self, down: bool = True) -> None:
        """His network goes, or comes back."""
        network(self.desk.client).down = down

    def round(self) -> None:
        """He has a network for a moment."""
        self.offline(False)
        self.desk.client.engine.round()


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    made = Offices(tmp_path)
    yield made
    made.close()


def seat(offices: Offices) -> Seat:
    """The manager at one more computer, without a network."""
    desk = offices.desktop()
    world, client = offices.world, desk.client
    me = Me(desk.account, "manager1", "经理甲", world.manager, world.agency)
    drafts = Drafting(client.submitter, client.cache, replace(me, session=desk.session))
    made = Seat(
        desk, drafts, ProjectsPresenter(client.cache.store, client.clock, me, drafts), offices.project
    )
    made.offline()
    return made


def test_edited_offline_in_conflict_and_chosen_offline(offices: Offices) -> None:
    """J8: the second is told, sees both values, chooses; nothing is lost silently (invariant 11)."""
    one, other = seat(offices), seat(offices)
    one.edit(name="甲楼")
    other.edit(name="乙楼", client="新物业")
    assert (one.card().name, one.card().unanswered) == ("甲楼", True)
    one.round()
    other.round()
    assert (one.card().name, one.card().unanswered) == ("甲楼", False)
    [conflict] = other.card().conflicts
    assert (dict(conflict.now), dict(conflict.wanted)) == ({"name": "甲楼"}, {"name": "乙楼"})
    assert (other.card().client, other.card().unanswered) == ("新物业", False)
    one.round()
    [seen] = one.card().conflicts
    assert (seen.id, seen.who, seen.wanted) == (conflict.id, "经理甲", conflict.wanted)
    other.offline()
    other.drafts.submit(conflict.adopt())
    card = other.card()
    assert (card.name, card.conflicts, card.unanswered) == ("乙楼", (), True)
    for place in (other, one):
        place.round()
        card = place.card()
        assert (card.name, card.client, card.conflicts, card.unanswered) == ("乙楼", "新物业", (), False)
    assert offices.rows(HEAD)[0][:2] == ("乙楼", "新物业")
    assert offices.rows(CONFLICTS) == [("mine",)]


def test_keeping_what_stands_is_a_draft_too(offices: Offices) -> None:
    one, other = seat(offices), seat(offices)
    one.edit(name="甲楼")
    other.edit(name="乙楼")
    one.round()
    other.round()
    other.offline()
    [conflict] = other.card().conflicts
    other.drafts.submit(conflict.keep())
    assert (other.card().name, other.card().conflicts, other.card().unanswered) == ("甲楼", (), True)
    other.round()
    assert (other.card().name, other.card().unanswered) == ("甲楼", False)
    assert offices.rows(CONFLICTS) == [("theirs",)]


def test_a_choice_overtaken_by_a_third_value_comes_back_as_a_new_conflict(offices: Offices) -> None:
    one, other = seat(offices), seat(offices)
    one.edit(name="甲楼")
    other.edit(name="乙楼")
    one.round()
    other.round()
    other.offline()
    [conflict] = other.card().conflicts
    one.edit(name="丙楼")
    one.round()
    other.drafts.submit(conflict.adopt())
    assert other.card().name == "乙楼", "offline nobody knows yet"
    for place in (other, one):
        place.round()
        [again] = place.card().conflicts
        assert (place.card().name, dict(again.now)) == ("丙楼", {"name": "丙楼"})
        assert dict(again.wanted) == {"name": "乙楼"} and again.id != conflict.id
        assert shown(place.desk.client, CONFLICTS) == [("superseded",), (None,)]
    notes = [step.note for step in other.presenter.steps(offices.project)]
    assert "同一内容又被他人修改，由新的冲突代替" in notes


def test_a_refused_draft_leaves_what_holds(offices: Offices) -> None:
    """What a visit has locked meanwhile is taken back, and the dialog then locks it, too."""
    place, kiosk = seat(offices), offices.kiosk()
    place.edit(client="新物业")
    kiosk.start(offices.project, offices.person)
    kiosk.engine.round()
    place.round()
    card = place.card()
    assert (card.client, card.unanswered) == ("示例物业", False)
    assert card.head.locked == {"client", "place", "contract", "dates"}
