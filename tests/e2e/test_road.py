"""The road with a real server process, the real journal and the real face models: a face becomes a visit."""

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from sqlalchemy import select

import core.catalogue  # noqa: F401
from core.clock import SystemClock
from core.context import Actor
from core.db.vault import Vault
from core.face.engine import FaceEngine
from core.ids import new_id
from core.journals import sealed
from core.practitioners.commands import SubmitPortrait
from core.visits.evidence import FaceEvidence
from core.visits.models import FormRow, VisitRow
from kiosk import app as root
from kiosk.adapters.engines import EngineFaces
from kiosk.options import parse
from kiosk.shown import Accepted, Action, Draft, Progress, Request
from server.app import make_state
from server.settings import load
from sync.pairing import pair
from sync.web import HttpPairingDesk
from tests.e2e.processes import ServerProcess
from tests.e2e.site import astronaut
from tests.factories.world import SITE, run

JOB = Actor("job", None)


class StillCamera:
    """A camera that always shows the same picture."""

    def open(self) -> None: ...
    def newest(self) -> None: ...
    def close(self) -> None: ...


@pytest.mark.rule("S-3", "S-13", "F-1")
def test_a_face_at_a_site_becomes_a_visit_in_the_office(tmp_path: Path) -> None:
    """Everything above works with no network; matched to that person's checked portrait, live, at the device."""
    server = ServerProcess(tmp_path / "server")
    server.folder.mkdir()
    world = server.seed(demo=True)
    engine = FaceEngine.shipped()
    image = astronaut()
    portrait = engine.enrol(cv2.imencode(".jpg", image)[1].tobytes())
    person = world.members[0]
    state = make_state(load(server.environment), SystemClock())
    run(
        state.bus,
        SubmitPortrait(
            person_id=person, portrait_id=new_id(), image=portrait.picture, template=portrait.template.vector,
            engine=portrait.template.model, consent=True,
        ),
    )  # fmt: skip
    state.store.close()
    code = server.pairing_code(world)
    server.start()
    options = parse(
        ["--folder", str(tmp_path / "kiosk"), "--position", f"{SITE[0]},{SITE[1]}", "--demo-stills"]
    )
    parts = root.make_parts(options, StillCamera(), lambda stills: EngineFaces(engine, stills=stills), None)
    pairing = pair(options.folder, HttpPairingDesk(), server.address, code, parts.applicant())
    device = root.open_parts(parts, pairing)
    try:
        with_network(device)
        server.kill()
        ports = root.paired_ports(parts, device, lambda _pairing: None)
        told = {line.name: line.value for line in ports.service.report()}
        assert (told["识别模型"], told["静默活体检测"]) == (engine.model, "未安装")
        cards = ports.projects.nearest()
        assert [(card.may_start, card.distance_m) for card in cards] == [(True, 0)]
        start = look(ports, Request(cards[0].id, Action.START, claims=True), image)
        assert isinstance(start, Accepted), start
        assert ports.projects.nearest()[0].on_site[0].person_id == person
        end = look(ports, Request(cards[0].id, Action.END), image)
        assert isinstance(end, Accepted), end
        assert end.form_due
        form = ports.forms.open(end.pass_id)
        receipt = ports.forms.submit(form.id, Draft(work="检查测试", complete=False))
        server.start()
        with_network(device)
        assert device.status.now.waiting == 0
        state = make_state(load(server.environment), SystemClock())
        with state.store.reading() as db:
            row = db.scalars(select(VisitRow)).one()
            assert (row.person_id, row.state, row.proof) == (person, "valid", "proven")
            assert db.scalars(select(FormRow.id)).one() == receipt.form_id
            vault = state.bus._vault
            assert isinstance(vault, Vault)
            proof = msgspec.convert(sealed.read(db, vault, row.id), FaceEvidence)
            assert proof.score is not None and proof.score > 0.9 and proof.challenge == "demo-still"
        state.store.close()
    finally:
        device.close()
        server.kill()


def with_network(device: object) -> None:
    """One round on this thread, as the worker would do it."""
    from sync.engine import Engine
    from sync.http import HttpTransport

    parts: root.Device = device  # type: ignore[assignment]
    engine: Engine = parts.worker._open_rounds()  # type: ignore[assignment]
    assert isinstance(parts.transport, HttpTransport)
    engine.round()


def look(ports: root.Ports, request: Request, image: np.ndarray) -> object:
    """Feeds the picture until the check-in answers."""
    from core.camera.source import Frame

    check = ports.check_ins.begin(request)
    for index in range(60):
        seen = check.feed(Frame(image, index / 10, index))
        if not isinstance(seen, Progress):
            return seen
    raise AssertionError("no answer after 60 frames")
