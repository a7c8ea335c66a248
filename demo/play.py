"""The demo for a person: server, kiosk and desktop on the screen, paired and logged in, until Ctrl+C."""

import os
import sys
import tempfile
import time
from pathlib import Path

from core.face.engine import FaceEngine
from demo import people, webcam
from demo.hand import Hand, Unseen
from demo.programs import Programs, Server
from demo.seed import LOGIN, PROJECT, SITE, ZHOU, Seeded, seed

_TRY = """
可以试试：
  1. 执业终端：点项目“{project}”→ 开始执业 → 由我填写 → 刷脸（{who}）。
  2. 几秒内看办公电脑：双击项目 → 执业历史，有照片、得分、距离和时间证明。
  3. 执业终端：结束执业 → 填写反馈单（可拍照）→ 提交；再看办公电脑的“反馈与评价”。
  4. 办公电脑：委托单位 → 新增单位联系人，用本机浏览器打开二维码下的链接登记、关注；
     回到办公电脑确认联系人，以后的反馈单会送到该页面，可以评价。
  5. 断网时照常开始、结束和填单，联网后自动上传：python3 run.py demo --headless --out 文件夹 会演一遍。
"""


def play(*, look: bool) -> int:
    """Runs until a window is closed or Ctrl+C is pressed; everything made is deleted then."""
    if _no_screen():
        print("这里没有屏幕。请在桌面环境中运行，或改用：python3 run.py demo --headless --out 文件夹")
        return 2
    with tempfile.TemporaryDirectory(prefix="zhiye-demo-", ignore_cleanup_errors=True) as folder:
        try:
            with Programs(Path(folder) / "logs") as programs:
                return _run(programs, Path(folder), look=look)
        except KeyboardInterrupt:
            print("\n演示结束。")
            return 0
        except (Unseen, RuntimeError) as error:
            print(error)
            return 1


def _no_screen() -> bool:
    told = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not any(os.environ.get(name) for name in told)


def _run(programs: Programs, folder: Path, *, look: bool) -> int:
    engine, server = FaceEngine.shipped(), Server(programs, folder / "server")
    own = webcam.own_portrait(engine) if look else None
    if own is None:
        print(people.SAID)
        people.show(folder / "camera", people.before_the_camera(people.ZHOU))
    seeded = seed(server.settings, engine, demo=True, contact=True, own_portrait=own)
    server.start()
    camera = webcam.NAME if own else f"folder:{folder / 'camera'}"
    kiosk = _kiosk(programs, folder, camera, stills=own is None)
    desktop = _desktop(programs, folder, server)
    _make_ready(kiosk, desktop, server, seeded)
    who = "您本人，按提示转头、眨眼" if own else f"照片代替 {ZHOU}，照片在 {folder / 'camera'}"
    print(f"\n服务器   {server.address}\n办公电脑 账号 {LOGIN}　密码 {seeded.password}（已登录）")
    print(_TRY.format(project=PROJECT, who=who))
    print("关闭任一窗口或按 Ctrl+C 结束；演示数据随之删除。", flush=True)
    while kiosk.process.poll() is None and desktop.process.poll() is None:
        time.sleep(0.3)
    return 0


def _kiosk(programs: Programs, folder: Path, camera: str, *, stills: bool) -> Hand:
    arguments = [
        "--folder", str(folder / "kiosk"), "--camera", camera, "--name", "演示终端",
        "--position", f"{SITE[0]},{SITE[1]}", "--window", "--demo-stills" if stills else "--demo",
    ]  # fmt: skip
    return Hand(programs, "kiosk", "kiosk", arguments, shown=True)


def _desktop(programs: Programs, folder: Path, server: Server) -> Hand:
    arguments = ["--folder", str(folder / "desktop"), "--name", "演示电脑", "--server", server.address]
    return Hand(programs, "desktop", "desktop", arguments, shown=True)


def _make_ready(kiosk: Hand, desktop: Hand, server: Server, seeded: Seeded) -> None:
    """Pairs both on their own screens and logs in, as the person would have to."""
    kiosk.type("address", server.address)
    kiosk.type("code", seeded.kiosk_code)
    kiosk.press("pair")
    desktop.type("配对码", seeded.desktop_code)
    desktop.press("pairing_enter")
    desktop.type("login_name", LOGIN)
    desktop.type("login_password", seeded.password)
    desktop.press("login_enter")
    kiosk.see(PROJECT, seconds=60)
    desktop.see(PROJECT, seconds=60)
