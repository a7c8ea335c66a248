"""J2: whoever is not a living person of this project is refused, reads why, and is on record (journeys, J2)."""

from contextlib import closing
from pathlib import Path
from typing import Any

from core.errors import Refused
from core.face.engine import FaceEngine
from core.wire.signing import new_key_pair
from demo import people
from demo.hand import Hand
from demo.office import Missing, require, until
from demo.programs import Programs
from demo.seed import PROJECT
from demo.stage import Stage, build
from demo.steps import Steps
from sync.pairing import Applicant, pair
from sync.web import HttpPairingDesk

UNKNOWN = "没有认出您是本项目人员"
FROZEN = "画面没有变化"
HINT = "请本人在镜头前操作"
PAUSED = "连续三次未通过"
REASONS = ["face.frozen", "face.unknown", "face.unknown"]


def play(steps: Steps, programs: Programs, folder: Path, engine: FaceEngine) -> None:
    """The whole journey; raises ``Stopped`` at the first step that went wrong."""
    _no_stills(steps, programs, folder, engine)
    stage = build(steps, programs, folder, engine, demo=True, contact=True)
    with closing(stage.office):
        with steps.step("执业终端（画面来自文件夹，须通过活体验证）配对，收到项目"):
            kiosk = stage.kiosk("前台终端")
            kiosk.see("设备配对", seconds=40)
            stage.pair(kiosk)
            kiosk.gone("暂不能开始", seconds=30)
        _refused(stage, kiosk, "本项目人员的静止照片", people.still(people.ZHOU), (FROZEN, HINT))
        kiosk.press("back")
        _refused(stage, kiosk, "陌生人", people.before_the_camera(people.STRANGER), (UNKNOWN,))
        kiosk.press("back")
        # Told apart they would learn who works where; the third failure in a row makes the kiosk pause (S-3).
        who, meant = "不在本项目的同事", "，所见与陌生人相同；连续三次后本机暂停"
        _refused(stage, kiosk, who, people.before_the_camera(people.GU), (UNKNOWN, PAUSED), meant)
        _on_record(stage, kiosk)
        with steps.step("终端正常退出"):
            kiosk.close()


def _no_stills(steps: Steps, programs: Programs, folder: Path, engine: FaceEngine) -> None:
    stage = build(
        steps, programs, folder.parent / f"{folder.name}-ordinary", engine, demo=False, contact=False
    )
    with closing(stage.office), steps.step("普通服务器拒绝配对以照片、录像代替真人的终端（S-3）"):
        applicant = Applicant("kiosk", "照片终端", new_key_pair().public, "file", still_for_live=True)
        desk, address, code = HttpPairingDesk(), stage.server.address, stage.seeded.kiosk_code
        try:
            pair(stage.folder / "stills", desk, address, code, applicant)
        except Refused as refusal:
            require(refusal.code == "devices.still", f"拒绝的原因：{refusal.sentence}")
        else:
            raise Missing("以照片代替真人的终端没有被拒绝")
        finally:
            stage.server.stop()


def _refused(
    stage: Stage, kiosk: Hand, who: str, pictures: list[Any], said: tuple[str, ...], more: str = ""
) -> None:
    with stage.steps.step(f"{who}被拒绝，画面说明原因和办法{more}"):
        people.show(stage.camera, pictures)
        kiosk.press(PROJECT)
        kiosk.press("start")
        kiosk.press("claim_no")
        kiosk.see(*said, seconds=60)
        stage.shoot(kiosk, f"拒绝-{who}")


def _on_record(stage: Stage, kiosk: Hand) -> None:
    with stage.steps.step("三次尝试都在服务器上留有记录，没有产生任何执业"):
        kiosk.gone("待上传", seconds=40)
        found = until(stage.office.attempts, lambda rows: len(rows) >= len(REASONS), "三次尝试")
        require([row.reason for row in found] == REASONS, f"原因：{[row.reason for row in found]}")
        require({row.action for row in found} == {"start"}, "都是开始执业")
        require({row.project_id for row in found} == {stage.seeded.project}, "都在本项目")
        require(stage.office.visits() == [], "没有执业")
