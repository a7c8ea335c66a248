"""The kiosk's start: files are opened while a window says so, and what forbids it is said where people stand."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import Refused
from core.ids import new_id
from core.wire.push import Head
from core.wire.signing import new_key_pair
from kiosk import app as root
from kiosk.adapters.admission import KioskPairing
from kiosk.front import OPENING, Front
from kiosk.options import parse
from kiosk.start import Program, _open_log, main
from kiosk.states import Idle, Pairing
from kiosk.window import KioskWindow
from sync import leaving
from sync.device import Device
from sync.keys import choose_source, load_or_make
from sync.pairing import Applicant, PairAnswer, PairRequest, pair

NOWHERE = "http://127.0.0.1:9"
OPTIONS = ["--window", "--position", "31.2304,121.4737"]


class Desk:
    """Admits whoever asks, as a demo's server would."""

    def pair(self, address: str, request: PairRequest) -> PairAnswer:
        """Gives keys that nobody has."""
        return PairAnswer(
            device_id=request.device_id, agency_id=request.device_id,
            sign_public=new_key_pair().public.hex(), box_public="09" + "00" * 31,
        )  # fmt: skip


def paired_as(folder: Path, *, still_for_live: bool = False) -> None:
    """Leaves the folder of a kiosk that has been admitted."""
    folder.mkdir(parents=True, exist_ok=True)
    secrets = load_or_make(choose_source(folder, {}))
    applicant = Applicant("kiosk", "一号机", secrets.keys.public, "file", still_for_live=still_for_live)
    pair(folder, Desk(), NOWHERE, "1234", applicant)


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[..., Program]]:
    made: list[Program] = []

    def run(*options: str) -> Program:
        program = Program(parse(["--folder", str(tmp_path), *OPTIONS, *options]))
        made.append(program)
        program.start()
        return program

    yield run
    for program in made:
        program.close()
        if program.window is not None:
            program.window.close()


def reads(program: Program, name: str) -> str:
    assert program.window is not None
    return program.window.findChild(QLabel, name).text()  # type: ignore[union-attr]


def leaving_device(program: Program, folder: Path, qtbot: QtBot) -> Device:
    """The open kiosk's device, once a note beside its files says that they may go; nobody has told it so far."""
    qtbot.waitUntil(lambda: isinstance(program.window, KioskWindow))
    device = program.device
    assert device is not None
    journal = device.journals.here().journal
    leaving.mark(folder, journal.id, journal.head())
    return device


def refused(program: Program, qtbot: QtBot, sentence: str) -> None:
    """A window with the sentence, a hint, and a way out that can be pressed."""
    qtbot.waitUntil(lambda: isinstance(program.window, Front) and sentence in reads(program, "sentence"))
    assert reads(program, "hint")
    assert program.window is not None
    leave = program.window.findChild(QPushButton, "exit")
    assert leave is not None and leave.isVisible()
    assert program.device is None


def test_a_new_kiosk_asks_to_be_paired(start: Callable[..., Program]) -> None:
    window = start().window
    assert isinstance(window, KioskWindow)
    assert isinstance(window.conductor.flow.state, Pairing)


def test_a_paired_kiosk_says_that_it_opens_its_files(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    paired_as(tmp_path)
    program = start()
    assert isinstance(program.window, Front)
    assert reads(program, "sentence") == OPENING
    qtbot.waitUntil(lambda: isinstance(program.window, KioskWindow))
    assert isinstance(program.window, KioskWindow)
    assert isinstance(program.window.conductor.flow.state, Idle)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("pairing.json", "本机的配对信息文件已损坏。"),
        ("device.key", "本机密钥不完整。"),
        ("journal.db", "本机数据文件的密钥不正确，或文件不是本程序的数据文件。"),
    ],
)
def test_a_damaged_file_is_said_on_the_screen(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot, file: str, sentence: str
) -> None:
    paired_as(tmp_path)
    (tmp_path / file).write_bytes(b"damaged" * 1000)
    refused(start(), qtbot, sentence)


@pytest.mark.rule("S-3")
@pytest.mark.parametrize(
    "options",
    [["--demo-stills"], ["--camera", "folder:x"], ["--camera", "video:x"], ["--nmea", "x"], ["--demo"]],
)
def test_pictures_and_logs_are_of_use_only_where_a_demo_admitted_the_kiosk(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot, options: list[str]
) -> None:
    """S-3: matched to that person's checked portrait, live, at the device."""
    paired_as(tmp_path)
    refused(start(*options), qtbot, "没有被演示服务器登记")


@pytest.mark.rule("S-3")
def test_a_demo_kiosk_takes_stills_only_while_it_is_told_to(tmp_path: Path) -> None:
    """S-3: Face: matched to that person's checked portrait, live, at the device."""
    from core.camera.pipeline import CameraPipeline
    from core.camera.source import source_of
    from core.clock import SystemClock

    asked: list[bool] = []
    paired_as(tmp_path, still_for_live=True)
    for more in ([], ["--demo-stills"]):
        options = parse(["--folder", str(tmp_path), *OPTIONS, *more])
        camera = CameraPipeline(source_of("0"), SystemClock())
        parts = root.make_parts(options, camera, lambda stills: asked.append(stills), None)  # type: ignore[arg-type,return-value,func-returns-value]
        known = root.paired(tmp_path)
        assert known is not None
        device = root.open_parts(parts, known)
        ports = root.paired_ports(parts, device, lambda _pairing: None)
        ports.check_ins._faces()  # type: ignore[attr-defined]
        device.close()
    assert asked == [False, True]


def test_a_kiosk_that_is_paired_anew_opens_its_files_anew(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    paired_as(tmp_path)
    program = start()
    qtbot.waitUntil(lambda: program.device is not None)
    before = program.device
    known = root.paired(tmp_path)
    assert known is not None
    program._was_paired.emit(known)
    qtbot.waitUntil(lambda: program.device is not None and program.device is not before)
    assert isinstance(program.window, KioskWindow)


@pytest.mark.rule("D-1")
def test_nobody_pairs_anew_while_records_wait(tmp_path: Path) -> None:
    """D-1: A device belongs to one agency; its journal is uploaded."""
    applicant = Applicant("kiosk", "一号机", new_key_pair().public, "file")
    pairing = KioskPairing(tmp_path, applicant, True, lambda _pairing: None, lambda: 3)
    with pytest.raises(Refused, match="还有 3 条"):
        pairing.ready()
    with pytest.raises(Refused, match="还有 3 条"):
        pairing.pair(NOWHERE, "1234")
    assert root.paired(tmp_path) is None


def test_a_missing_model_is_said_and_one_in_the_folder_is_found(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "passive.onnx").write_bytes(b"x")
    options = parse(["--folder", str(tmp_path)])
    assert root.engine_choice(options).passive == tmp_path / "passive.onnx"
    refused(start("--passive", str(tmp_path / "none.onnx")), qtbot, "找不到静默活体检测模型文件“none.onnx”")


@pytest.mark.parametrize(
    ("folder", "sentence"), [("none", "找不到人脸模型包文件夹“none”"), ("empty", "“empty”中没有模型文件")]
)
def test_a_model_pack_that_is_none_is_said_at_the_start(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot, folder: str, sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    refused(start("--face-pack", str(tmp_path / folder)), qtbot, sentence)


def test_missing_certificates_are_said_at_the_start(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    refused(start("--certificates", str(tmp_path / "none.pem")), qtbot, "找不到服务器证书文件“none.pem”")


def test_a_folder_that_is_none_is_said_on_the_screen(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("", encoding="utf8")
    program = Program(parse(["--folder", str(tmp_path / "file"), *OPTIONS]))
    before = logging.getLogger().handlers
    _open_log(tmp_path / "file")
    assert logging.getLogger().handlers == before
    program.start()
    refused(program, qtbot, "数据文件夹无法读写")
    program.close()
    assert program.window is not None
    program.window.close()


def test_a_kiosk_keeps_the_name_that_it_was_paired_under(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    paired_as(tmp_path)
    program = start("--name", "另一个名称")
    qtbot.waitUntil(lambda: isinstance(program.window, KioskWindow))
    assert isinstance(program.window, KioskWindow)
    assert program.window.desk.settings.device == "一号机"
    assert program._parts is not None and program._parts.applicant().name == "一号机"


def test_a_new_kiosk_is_named_by_its_option(start: Callable[..., Program]) -> None:
    program = start("--name", "平板一号")
    assert program._parts is not None and program._parts.applicant().name == "平板一号"


def typed(monkeypatch: pytest.MonkeyPatch, *pins: str) -> None:
    """What somebody types unseen; a QApplication there is none."""
    answers = iter(pins)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    monkeypatch.setattr("kiosk.start.QApplication", None)


def test_the_service_pin_is_asked_twice_and_needs_no_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    typed(monkeypatch, "123456", "123456")
    assert main(["--folder", str(folder), "--set-pin"]) == 0
    assert capsys.readouterr().out == "服务密码已设置\n"
    kept = (folder / root.PIN_FILE).read_bytes()
    typed(monkeypatch, "654321", "654312")
    assert main(["--folder", str(folder), "--set-pin"]) == 2
    assert "两次输入的服务密码不一致，没有改动" in capsys.readouterr().err
    assert (folder / root.PIN_FILE).read_bytes() == kept


def test_a_service_pin_without_a_folder_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf8")
    typed(monkeypatch, "123456", "123456")
    assert main(["--folder", str(tmp_path / "file"), "--set-pin"]) == 2
    assert capsys.readouterr().err.startswith("数据文件夹无法读写")


@pytest.mark.rule("D-1")
def test_a_revoked_kiosk_clears_itself_when_the_server_has_everything(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    """And then wiped: the screen says so, and the next start is that of a new kiosk."""
    paired_as(tmp_path)
    program = start()
    leaving_device(program, tmp_path, qtbot).status.change(left=True)
    refused(program, qtbot, leaving.SENTENCE)
    assert not list(tmp_path.glob("*.db")) and not (tmp_path / "device.key").exists()
    program.close()
    again = start().window
    assert isinstance(again, KioskWindow) and isinstance(again.conductor.flow.state, Pairing)


@pytest.mark.rule("D-1")
def test_a_revoked_kiosk_with_a_credential_names_who_takes_it_away(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then wiped; but the key of a system's credential comes back, and the server takes no revoked one again."""
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "zhiye-device").write_bytes(bytes(range(64)))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    folder = tmp_path / "kiosk"
    paired_as(folder)
    program = start("--folder", str(folder))
    leaving_device(program, folder, qtbot).status.change(left=True)
    refused(program, qtbot, leaving.SENTENCE)
    said = reads(program, "hint")
    assert "系统管理员" in said and "zhiye-device" in said
    assert not list(folder.glob("*.db"))


@pytest.mark.rule("D-1")
def test_a_revoked_kiosk_with_something_new_goes_on(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    """Nothing is deleted before it is uploaded: and nobody is told that it was."""
    paired_as(tmp_path)
    program = start()
    device = leaving_device(program, tmp_path, qtbot)
    photo = device.outbox.put(b"a photo of the last moment")
    device.status.change(left=True)
    qtbot.waitUntil(lambda: program.device not in (None, device), timeout=10_000)
    assert isinstance(program.window, KioskWindow) and program.device is not None
    assert program.device.outbox.waiting() == [photo] and (tmp_path / "device.key").exists()


@pytest.mark.rule("D-1")
def test_a_start_goes_on_with_the_clearing(
    start: Callable[..., Program], tmp_path: Path, qtbot: QtBot
) -> None:
    """And then wiped, whatever happened in between; many photos take a while, the window says that it waits."""
    paired_as(tmp_path)
    leaving.mark(tmp_path, new_id(), Head(dseq=1, hash="0" * 64))
    program = start()
    assert isinstance(program.window, Front) and reads(program, "sentence") == OPENING
    qtbot.waitUntil(lambda: isinstance(program.window, KioskWindow))
    window = program.window
    assert isinstance(window, KioskWindow) and isinstance(window.conductor.flow.state, Pairing)
    assert not (tmp_path / "pairing.json").exists()
