"""J1: a practitioner checks in without a network; a little later the office and the client know (journeys, J1)."""

import time
from contextlib import closing
from pathlib import Path

from core.face.engine import FaceEngine
from demo import people
from demo.contact import REMARK, Contact, contact
from demo.hand import Hand
from demo.office import require
from demo.programs import Programs
from demo.seed import LOGIN, PROJECT, ZHOU
from demo.stage import Stage, build, shows_demo
from demo.steps import Steps

WORK = "检测火灾自动报警系统和消火栓系统，共三层，末端试水压力正常。"
PROBLEM = "地下一层东侧墙面消火栓箱被遮挡"
SECONDS = 3.0
"""How long the visit lasts at least, so that there is time to count."""


def play(steps: Steps, programs: Programs, folder: Path, engine: FaceEngine) -> None:
    """The whole journey; raises ``Stopped`` at the first step that went wrong."""
    stage = build(steps, programs, folder, engine, demo=True, contact=False)
    with closing(stage.office), contact(stage.server.address, steps.folder) as phone:
        kiosk = _paired_kiosk(stage)
        desktop = _desktop(stage)
        _invite(stage, desktop, phone)
        _wait_for_start(stage, kiosk)
        _visit(stage, kiosk)
        _form(stage, kiosk)
        _back_online(stage, kiosk, desktop)
        _evaluate(stage, desktop, phone)
        _rows(stage)
        with steps.step("程序正常退出"):
            kiosk.close()
            desktop.close()


def _paired_kiosk(stage: Stage) -> Hand:
    with stage.steps.step("执业终端启动，输入配对码，收到项目"):
        kiosk = stage.kiosk("演示终端", "--demo-stills")
        kiosk.see("设备配对", seconds=40)
        stage.shoot(kiosk, "终端配对")
        stage.pair(kiosk)
        shows_demo(kiosk)
    return kiosk


def _desktop(stage: Stage) -> Hand:
    with stage.steps.step("办公电脑启动，输入配对码"):
        arguments = [
            "--folder", str(stage.folder / "desktop"), "--name", "演示电脑", "--server", stage.server.address,
        ]  # fmt: skip
        desktop = Hand(stage.programs, stage.folder.name + "-desktop", "desktop", arguments)
        desktop.see("与服务器配对", seconds=40)
        desktop.type("配对码", stage.seeded.desktop_code)
        desktop.press("pairing_enter")
        desktop.see("登录账号")
    with stage.steps.step("公司管理人员登录，项目表里有项目"):
        desktop.type("login_name", LOGIN)
        desktop.type("login_password", stage.seeded.password)
        stage.shoot(desktop, "电脑登录")
        desktop.press("login_enter")
        desktop.see(PROJECT, "演示　消防技术服务执业管理", seconds=30)
        stage.shoot(desktop, "项目表")
    return desktop


def _invite(stage: Stage, desktop: Hand, phone: Contact) -> None:
    with stage.steps.step("办公室生成联系人邀请二维码（C-1）"):
        desktop.press(PROJECT, twice=True)
        desktop.press("委托单位")
        desktop.press("contact_invite")
        link = desktop.read("invitation_link")
        stage.shoot(desktop, "邀请二维码")
        desktop.press("invitation_close")
    with stage.steps.step("联系人打开链接，登记并关注（C-1、C-3）"):
        phone.register(link)
    with stage.steps.step("办公室看到登记并确认联系人（C-2）"):
        desktop.see("王建国", "待确认", seconds=30)
        desktop.press("contact_confirm")
        desktop.see("已有确认的联系人，可以开始执业", seconds=30)
        stage.shoot(desktop, "联系人已确认")
        phone.confirmed()


def _wait_for_start(stage: Stage, kiosk: Hand) -> None:
    with stage.steps.step("执业终端得知可以开始，然后断网（停止服务器）"):
        kiosk.gone("暂不能开始", seconds=30)
        kiosk.see(PROJECT, "时间已校准")
        stage.server.stop()


def _visit(stage: Stage, kiosk: Hand) -> None:
    with stage.steps.step("断网中：选项目，开始执业，由我填写反馈单，刷脸通过（S-1 至 S-6）"):
        kiosk.press(PROJECT)
        kiosk.press("start")
        kiosk.see("是否由您填写今天的执业反馈单")
        shows_demo(kiosk)
        kiosk.press("claim_yes")
        kiosk.see("已开始执业", ZHOU, seconds=40)
        shows_demo(kiosk)
        stage.shoot(kiosk, "已开始执业")
        kiosk.press("finish")
        kiosk.see(f"在场：{ZHOU}", "离线，自", "待上传")
        stage.shoot(kiosk, "终端首页-断网")
    with stage.steps.step("计时数秒后结束执业，再次刷脸（S-7）"):
        time.sleep(SECONDS)
        kiosk.press(PROJECT)
        kiosk.press("end")
        kiosk.see("已结束执业", ZHOU, seconds=40)
        stage.shoot(kiosk, "已结束执业")


def _form(stage: Stage, kiosk: Hand) -> None:
    with stage.steps.step("填写反馈单，拍一张问题照片，提交（F-1 至 F-3）"):
        kiosk.press("open_form")
        kiosk.type("work", WORK)
        kiosk.press("add_problem")
        kiosk.type("problem_0", PROBLEM)
        people.show(stage.camera, people.wall())
        kiosk.press("photo_0")
        kiosk.see("请将问题部位放在画面中央")
        shows_demo(kiosk)
        kiosk.press("shoot")
        kiosk.see("执业反馈单", PROBLEM)
        kiosk.press("是")
        stage.shoot(kiosk, "反馈单")
        kiosk.press("submit")
        kiosk.see("现在提交执业反馈单")
        shows_demo(kiosk)
        kiosk.press("confirm")
        kiosk.see("已保存", "联网后")
        shows_demo(kiosk)
        stage.shoot(kiosk, "已提交")
        kiosk.press("back")


def _back_online(stage: Stage, kiosk: Hand, desktop: Hand) -> None:
    with stage.steps.step("网络恢复（服务器重新启动），执业终端全部上传"):
        desktop.press("执业历史")
        desktop.see("这个项目还没有执业")
        stage.server.start()
        kiosk.gone("待上传", seconds=60)
        kiosk.gone("离线，自", seconds=60)
        stage.shoot(kiosk, "终端首页-已上传")
    with stage.steps.step("数秒内，办公电脑自动出现这次执业及照片、得分、距离（S-10）"):
        desktop.see(ZHOU, "有效", "演示：以照片代替真人", seconds=60)
        stage.shoot(desktop, "执业历史")


def _evaluate(stage: Stage, desktop: Hand, phone: Contact) -> None:
    with stage.steps.step("联系人收到一条消息，阅读反馈单并评价（X-1、V-1）"):
        phone.evaluate(WORK)
    with stage.steps.step("办公电脑显示反馈单、问题照片和评价"):
        desktop.press("反馈与评价")
        desktop.see(WORK, PROBLEM, "已评价", "★★★★★", REMARK, seconds=40)
        stage.shoot(desktop, "反馈与评价")


def _rows(stage: Stage) -> None:
    with stage.steps.step("服务器上各有一条：执业有计时、有证据，反馈单有照片、有评价"):
        visits, forms = stage.office.visits(), stage.office.forms()
        require(len(visits) == 1 and len(forms) == 1, "一次执业，一张反馈单")
        visit, form = visits[0], forms[0]
        require(
            visit.state == "valid" and visit.counted_s >= SECONDS - 1, f"有效且有计时：{visit.counted_s} 秒"
        )
        require(visit.proof == "proven", "时间已由服务器时间证明（S-11）")
        evidence = stage.office.get(f"/visits/{visit.id}/evidence")
        for side in ("start", "end"):
            seen = evidence[side]
            require(bool(seen["photo"]) and seen["liveness"] == "demo-still", f"证据齐全：{side}")
            require(seen["score"] >= seen["threshold"], "人脸得分达到阈值")
        words = stage.office.get(f"/feedbacks/{form.id}")
        require(words["work"] == WORK and words["problems"] == [PROBLEM], "反馈单文字一致")
        require(len(words["photos"]) == 1, "反馈单有一张照片")
        require(words["evaluation"]["stars"] == 5 and not words["evaluation"]["disputed"], "评价已记录")
