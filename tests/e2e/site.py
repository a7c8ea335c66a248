"""A server and a paired kiosk on disk, made once and copied for each test: what a site looks like on a morning."""

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.camera.pipeline import CameraPipeline
from core.camera.source import source_of
from core.clock import SystemClock
from core.context import Actor
from core.face.choice import EngineChoice
from core.face.engine import FaceEngine
from core.ids import new_id
from core.practitioners.commands import SubmitPortrait
from kiosk import app as root
from kiosk.adapters.engines import FirstUse
from kiosk.options import parse
from server.app import make_state
from server.settings import load
from sync.pairing import pair
from sync.web import HttpPairingDesk
from tests.e2e.kiosk_process import KioskProcess
from tests.e2e.processes import ServerProcess
from tests.factories.world import SITE, World, run

JOB = Actor("job", None)


def astronaut() -> np.ndarray:
    """A portrait of a public person that an installed package carries for tests."""
    found = importlib.util.find_spec("skimage")
    assert found is not None and found.origin is not None
    image = cv2.imread(str(Path(found.origin).parent / "data" / "astronaut.png"))
    assert image is not None
    return np.asarray(cv2.resize(image[0:420, 65:380], (960, 1280), interpolation=cv2.INTER_CUBIC))


@dataclass
class Morning:
    """Folders of a server and of its paired kiosk, whose cache has been pulled."""

    folder: Path
    server: ServerProcess
    world: World

    @property
    def person(self) -> str:
        """Who has a real portrait."""
        return self.world.members[0]

    def options(self) -> list[str]:
        """How the kiosk is started."""
        camera = f"folder:{self.folder / 'camera'}"
        position = f"{SITE[0]},{SITE[1]}"
        return ["--camera", camera, "--position", position, "--demo-stills", "--window"]

    def copy_to(self, folder: Path) -> "Morning":
        """The same morning in another place; only one of them may run at a time, they share a port."""
        shutil.copytree(self.folder, folder)
        return Morning(folder, ServerProcess(folder / "server", self.server.port), self.world)

    def kiosk(self, **environment: str) -> KioskProcess:
        """The kiosk's process."""
        return KioskProcess(self.folder / "kiosk", self.options(), environment)


def make_morning(folder: Path) -> Morning:
    """Seeds, pairs and pulls once."""
    (folder / "server").mkdir(parents=True)
    (folder / "camera").mkdir()
    image = astronaut()
    cv2.imwrite(str(folder / "camera" / "1.jpg"), image)
    server = ServerProcess(folder / "server")
    morning = Morning(folder, server, server.seed(demo=True))
    _enrol(morning, image)
    code = server.pairing_code(morning.world)
    server.start()
    try:
        _pair(morning, code)
        kiosk = morning.kiosk()
        kiosk.see("示例项目1")
        kiosk.close()
    finally:
        server.kill()
    return morning


def _enrol(morning: Morning, image: np.ndarray) -> None:
    portrait = FaceEngine.shipped().enrol(cv2.imencode(".jpg", image)[1].tobytes())
    state = make_state(load(morning.server.environment), SystemClock())
    command = SubmitPortrait(
        person_id=morning.person, portrait_id=new_id(), image=portrait.picture, template=portrait.template.vector,
        engine=portrait.template.model, consent=True,
    )  # fmt: skip
    run(state.bus, command)
    state.store.close()


def _pair(morning: Morning, code: str) -> None:
    options = parse(["--folder", str(morning.folder / "kiosk"), *morning.options()])
    camera = CameraPipeline(source_of(options.camera), SystemClock())
    parts = root.make_parts(options, camera, FirstUse(EngineChoice()), None)
    pair(options.folder, HttpPairingDesk(), morning.server.address, code, parts.applicant())
