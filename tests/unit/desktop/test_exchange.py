"""How the exchange stands, as the screens are told: real files of a device whose server nobody runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import core.catalogue  # noqa: F401
from core.clock import from_ms
from core.ids import new_id
from core.projects.models import Project
from core.wire.push import EntryVerdict
from core.wire.signing import new_key_pair
from desktop.adapters.exchange import Exchange
from desktop.shell.sync_light import AMBER, words
from sync.cache.answers import keep_verdicts
from sync.cache.marks import mark_at, set_mark
from sync.device import Device, open_device
from sync.errors import Damaged, Offline, ProtocolError
from sync.keys import DeviceSecrets
from sync.pairing import Pairing
from tests.factories.office import at
from tests.factories.wire import PERSON
from tests.fakes.clock import FakeClock

NOW = from_ms(at(10))


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    keys = new_key_pair()
    pairing = Pairing(
        address="http://127.0.0.1:1",
        kind="desktop",
        name="办公电脑",
        device_id=new_id(),
        agency_id=new_id(),
        sign_public=new_key_pair().public.hex(),
        box_public=new_key_pair().public.hex(),
    )
    made = open_device(tmp_path, pairing, DeviceSecrets(keys, b"k" * 32), FakeClock())
    yield made
    made.close()


@pytest.mark.parametrize(
    "trouble",
    [
        Damaged("cache-storage", "本机数据暂时无法写入磁盘。", "请检查磁盘空间；稍后会自动重试。"),
        ProtocolError("push-fork", "服务器与本机的记录无法对上。"),
    ],
)
def test_trouble_never_looks_like_synced(device: Device, trouble: ProtocolError) -> None:
    device.status.change(last_contact_ms=at(9), offline_since_ms=None, trouble=trouble)
    state = Exchange(device).state()
    assert (state.problem, state.hint) == (trouble.sentence.rstrip("。"), trouble.hint)
    assert words(state, NOW) == (AMBER, state.problem)


def test_that_there_is_no_network_is_no_trouble_but_a_bad_certificate_is(device: Device) -> None:
    away = Offline("server-unreachable", "无法连接服务器")
    device.status.change(offline_since_ms=at(9), trouble=away)
    assert Exchange(device).state().problem == ""
    device.status.change(trouble=Offline("server-certificate", "服务器的证书不受信任", "请核对服务器地址"))
    assert words(Exchange(device).state(), NOW) == (AMBER, "服务器的证书不受信任")


def test_a_sync_that_has_stopped_is_not_told_as_offline(device: Device) -> None:
    device.status.change(stopped=True)
    state = Exchange(device).state()
    assert not state.online and words(state, NOW) == (AMBER, "同步已停止")


@pytest.mark.rule("S-18")
def test_every_entry_without_effect_has_a_reason(device: Device) -> None:
    """A fact that arrives all the same is kept and judged 无效 with the rule that it breaks."""
    journal = device.journals.here().journal
    made = [journal.append("visits.start", 1, b"{}", PERSON).id for _ in range(5)]
    verdicts = [
        EntryVerdict(id=made[0], status="void", rule="S-4", sentence="您距项目现场 900 米"),
        EntryVerdict(id=made[1], status="void", rule="S-4"),
        EntryVerdict(id=made[2], status="void"),
        EntryVerdict(id=made[3], status="tampered"),
        EntryVerdict(id=made[4], status="held"),
    ]
    with device.cache.writing() as db:
        keep_verdicts(db, verdicts)
        set_mark(db, "position", mark_at(journal, journal.head().dseq))
    lines = {line.id: line for line in Exchange(device).lines()}
    assert [lines[one].status for one in made] == ["refused"] * 4 + ["held"]
    assert lines[made[0]].why == "您距项目现场 900 米"
    assert lines[made[1]].why == "开始时不在执业半径内，或没有有效位置"
    assert all(len(lines[one].why) > 10 for one in made[2:])


def test_a_line_says_which_command_which_project_and_when(device: Device) -> None:
    """The name is of this copy's row; a project that it does not know, or a body that says none, has no name."""
    known, unknown = new_id(), new_id()
    row = {
        "id": known, "agency_id": new_id(), "name": "申江大厦", "kind": "inspection", "base_state": "submitted",
        "state": "submitted", "district": "", "address": "", "client": "", "contract_number": "", "starts_on": "",
        "ends_on": "",
    }  # fmt: skip
    with device.cache.writing() as db:
        db.execute(Project.__table__.insert(), [row])
    journal = device.journals.here().journal
    bodies = [f'{{"project_id":"{known}"}}', f'{{"project_id":"{unknown}"}}', "{}", '{"project_id":7}']
    made = [journal.append("projects.edit", 1, body.encode(), PERSON).id for body in bodies]
    newer = journal.append("future.thing", 1, bodies[0].encode(), PERSON)
    lines = {line.id: line for line in Exchange(device).lines()}
    assert [(lines[one].title, lines[one].project) for one in made] == [
        ("修改项目", "申江大厦"), ("修改项目", ""), ("修改项目", ""), ("修改项目", ""),
    ]  # fmt: skip
    assert (lines[newer.id].title, lines[newer.id].project) == ("其他业务（future.thing）", "申江大厦")
    assert lines[newer.id].written == from_ms(newer.entry.time.wall_ms)
