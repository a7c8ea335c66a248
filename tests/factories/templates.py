"""People whose templates a server looks after: portraits handed in, visits with photos, and what came of them."""

import msgspec
from sqlalchemy import select

from core.accounts.commands import CreateAccount
from core.accounts.models import Account
from core.db.base import faces_scope
from core.face.calibration import Calibration
from core.face.engine import FaceEngine
from core.ids import new_id
from core.journals.pull import changes
from core.practitioners.models import Portrait, PortraitPhoto
from core.projects.models import ProjectFace
from core.visits.evidence import FaceEvidence
from core.visits.models import VisitRow
from core.wire.push import ChangePage, Cursor
from server.templates import TemplateKeeper
from tests.factories.evidence import bring_photo, keep_sealed, keep_start
from tests.factories.web import Paired, Web
from tests.factories.world import PASSWORD, World, run


class Newer(FaceEngine):
    """The fake engine under another recogniser's name."""

    @property
    def model(self) -> str:
        """Another one."""
        return "newer"

    @property
    def calibration(self) -> Calibration:
        """The fake's, under that name."""
        return msgspec.structs.replace(super().calibration, model="newer")


def turns(keeper: TemplateKeeper) -> int:
    """As many turns as there is something to try; how many templates were made."""
    made = 0
    while (turn := keeper.keep_up()).tried:
        made += turn.made
    return made


def hand_in(web: Web, world: World, person: str, picture: bytes, *more: bytes) -> tuple[int, dict[str, str]]:
    name = f"本人{person[-4:]}"
    with web.state.store.reading() as db:
        known = db.scalar(select(Account.id).where(Account.person_id == person))
    if not known:
        asked = CreateAccount(account_id=new_id(), login=name, password=PASSWORD, person_id=person)
        run(web.state.bus, asked)
    own = web.login(name)
    files = [("picture", ("a.jpg", picture)), *(("more", ("b.jpg", one)) for one in more)]
    data = {"id": new_id(), "consent": "true"}
    answer = web.client.post(f"/api/v1/persons/{person}/portrait", headers=own, data=data, files=files)
    return answer.status_code, answer.json()


def in_force(web: Web, person: str) -> Portrait:
    """The portrait that serves."""
    with web.state.store.reading() as db:
        wanted = select(Portrait).where(Portrait.person_id == person, Portrait.until_ms.is_(None))
        return db.scalars(wanted).one()


def kept(web: Web, portrait: str) -> list[PortraitPhoto]:
    """The other photos of a portrait's person."""
    with web.state.store.reading() as db:
        return list(db.scalars(select(PortraitPhoto).where(PortraitPhoto.portrait_id == portrait)))


def at_the_kiosk(web: Web, world: World, known: dict[str, ChangePage]) -> dict[str, ChangePage]:
    """What a kiosk that has pulled these pages gets of a member's face, by the scope of each of his projects."""
    with web.state.store.reading() as db:
        faces = db.scalars(select(ProjectFace).where(ProjectFace.person_id == world.members[0])).all()
        found = {}
        for face in faces:
            scope = faces_scope(face.project_id)
            after = known[scope].cursor if scope in known else Cursor()
            page = changes(db, web.state.vault, scope, after)
            own = [row for row in page.rows if row.id == face.id]
            if own:
                found[scope] = msgspec.structs.replace(page, rows=own)
    return found


def visit(
    web: Web, world: World, kiosk: Paired, portrait: str, picture: bytes, liveness: str = "challenge"
) -> str:
    """A visit that counts, with the photo of its start; the visit's id."""
    project, person = world.project(), world.members[0]
    web.clock.advance(hours=30)
    web.visited_day(world, project)
    with web.state.store.reading() as db:
        found = select(VisitRow.id).where(VisitRow.project_id == project, VisitRow.state == "valid")
        visit_id = db.scalars(found).one()
    digest, key = bring_photo(web, kiosk, picture)
    keep_start(web, kiosk, visit_id, person, project, digest, portrait, liveness)  # type: ignore[arg-type]
    keep_sealed(web, visit_id, person, FaceEvidence(score=0.7, threshold=0.45, photo_key=key))
    return visit_id
