"""What both journeys are played on: folders, a seeded server, and a kiosk that was paired on its own screen."""

from dataclasses import dataclass
from pathlib import Path

from core.face.engine import FaceEngine
from demo import people
from demo.hand import Hand
from demo.office import Office, require
from demo.programs import Programs, Server
from demo.seed import PROJECT, SITE, Seeded, seed
from demo.steps import Steps

DEMO = "演示"


@dataclass
class Stage:
    """Everything that one journey uses."""

    steps: Steps
    programs: Programs
    folder: Path
    server: Server
    seeded: Seeded
    office: Office

    @property
    def camera(self) -> Path:
        """The folder that the kiosk takes for its camera."""
        return self.folder / "camera"

    def kiosk(self, name: str, *options: str) -> Hand:
        """Starts a kiosk of this folder, standing at the project's place."""
        arguments = [
            "--folder", str(self.folder / "kiosk"), "--camera", f"folder:{self.camera}", "--name", name,
            "--position", f"{SITE[0]},{SITE[1]}", "--window", *options,
        ]  # fmt: skip
        return Hand(self.programs, self.folder.name + "-kiosk", "kiosk", arguments)

    def pair(self, kiosk: Hand) -> None:
        """Types address and code on the kiosk's screen, and waits for the project to arrive."""
        kiosk.type("address", self.server.address)
        kiosk.type("code", self.seeded.kiosk_code)
        kiosk.press("pair")
        kiosk.see(PROJECT, seconds=40)

    def shoot(self, hand: Hand, name: str) -> None:
        """Takes a picture."""
        hand.shot(self.steps.picture(name))


def build(
    steps: Steps, programs: Programs, folder: Path, engine: FaceEngine, *, demo: bool, contact: bool
) -> Stage:
    """Seeds and starts a server."""
    what = "演示服务器" if demo else "普通服务器（不接受照片代替真人）"
    server = Server(programs, folder / "server", folder.name + "-server")
    with steps.step(f"{what}：录入虚构的机构、人员、证件照和项目"):
        people.show(folder / "camera", people.before_the_camera(people.ZHOU))
        seeded = seed(server.settings, engine, demo=demo, contact=contact)
    with steps.step(f"{what}启动"):
        require(server.start()["demo"] is demo, "服务器知道自己是不是演示服务器")
    return Stage(steps, programs, folder, server, seeded, Office(server, seeded))


def shows_demo(kiosk: Hand) -> None:
    """Every screen of a demo's kiosk says so."""
    require(DEMO in kiosk.read("demo"), "执业终端的每个画面都标明“演示”")
