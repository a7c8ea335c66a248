"""A network that cuts, swallows, repeats and answers itself: 0 lost, 0 twice, and a status that says what it is."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from typing import get_args

import pytest
from sqlalchemy import text

from core.devices.commands import MakePairingCode
from core.errors import DomainError, Unreachable
from core.ids import new_id
from sync.status import standing
from tests.e2e.bad_network import Fate
from tests.e2e.campaign import open_state
from tests.e2e.reckoning import check_device, check_server, lost_and_twice
from tests.e2e.roads import Road, attend
from tests.factories.world import PASSWORD

pytestmark = pytest.mark.timeout(240)
FATES: tuple[Fate, ...] = tuple(fate for fate in get_args(Fate) if fate != "well")
SEED = random.SystemRandom().randrange(2**32)
ROUNDS = 40


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """One for all tests: a bad network leaves nothing behind that a good one has to fear."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("road")
        yield Road(folder / "server", folder / "device", stack)


@pytest.mark.rule("S-13")
def test_no_network_loses_a_fact_or_makes_it_count_twice(road: Road) -> None:
    """Everything above works with no network, and with a bad one: 0 lost, 0 twice."""
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    road.network.fate = lambda _line: chance.choice([*FATES, "well", "well", "well", "well"])
    people, accepted = road.people(chance), []
    for _ in range(ROUNDS):
        accepted += [one for one in (attend(road.device, people) for _ in range(4)) if one]
        try:
            road.round()
        except DomainError as error:
            assert isinstance(error, Unreachable), error
            assert standing(road.device.status.now) == "offline"
        if chance.random() < 0.2:
            road.network.repeat()
    road.fate("well")
    road.network.repeat()
    road.round()
    assert set(road.network.befell) == {*FATES, "well"}
    assert len(accepted) > ROUNDS / 2
    with open_state(road.server) as state:
        assert lost_and_twice(state, accepted) == ([], [])
        check_server(state)
        check_device(state, road.device)


TOLD: dict[Fate, str] = {
    "refused": "无法连接服务器",
    "request cut": "无法连接服务器",
    "swallowed": "无法连接服务器",
    "answer cut": "与服务器的连接中途断开",
    "502": "服务器暂时无法处理（502）",
    "login page": "网络返回了一个网页，没有连到服务器",
    "sent on": "网络返回了一个网页，没有连到服务器",
}


@pytest.mark.parametrize("path", ["/time", "/entries", "/scopes"])
@pytest.mark.parametrize("fate", TOLD)
def test_the_status_says_what_the_network_did(road: Road, fate: Fate, path: str) -> None:
    """A sentence that is right for each, and that says what becomes of the records; nobody is told to upgrade."""
    road.fate(fate, path)
    with pytest.raises(Unreachable):
        road.round()
    now = road.device.status.now
    assert now.trouble is not None and standing(now) == "offline"
    assert now.trouble.sentence == TOLD[fate]
    assert "网络" in now.trouble.hint and "本机记录不会丢失" in now.trouble.hint
    road.fate("well")
    road.round()
    assert (standing(road.device.status.now), road.device.status.now.trouble) == ("synced", None)


@pytest.mark.parametrize("fate", ["late", "again"])
def test_a_slow_or_repeating_network_is_none_of_anybodys_trouble(road: Road, fate: Fate) -> None:
    road.fate(fate)
    road.round()
    road.fate("well")
    road.network.repeat()
    assert (standing(road.device.status.now), road.device.status.now.trouble) == ("synced", None)


@pytest.mark.rule("U-1")
@pytest.mark.parametrize("fate", ["swallowed", "answer cut", "again", "request cut", "login page"])
def test_a_command_whose_answer_was_lost_is_one_command(road: Road, fate: Fate) -> None:
    """Every accepted command is in the log: once, though it was sent again because nobody heard the answer."""
    token = road.device.transport.log_in("manager1", PASSWORD)["token"]
    command = MakePairingCode(
        agency_id=road.world.agency, kind="kiosk", code_hash=new_id().replace("-", "") * 2
    )
    command_id = new_id()
    road.fate(fate, "/commands")
    if fate == "again":
        road.device.submitter.online(command, token=token, command_id=command_id)
    else:
        with pytest.raises(Unreachable):
            road.device.submitter.online(command, token=token, command_id=command_id)
    road.fate("well")
    road.network.repeat()
    road.device.submitter.online(command, token=token, command_id=command_id)
    with open_state(road.server) as state, state.store.reading() as db:
        logged = db.execute(text("SELECT outcome FROM audit_log WHERE command_id = :id"), {"id": command_id})
        assert logged.all() == [("accepted",)]
        kept = db.execute(text("SELECT 1 FROM pairing_code WHERE code_hash = :h"), {"h": command.code_hash})
        assert len(kept.all()) == 1
