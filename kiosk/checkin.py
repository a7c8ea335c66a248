"""From a face at a site to a fact in the journal: recognise, ask the gate, write down, then say so (S-1 to S-7)."""

from collections.abc import Callable
from typing import Literal

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.clock import from_ms
from core.command import Command
from core.context import Actor, Context
from core.errors import DomainError, Refused
from core.visits import gates
from core.visits.board import board, names_of
from core.visits.commands import AttemptFailed, FaceEntry, VisitEnded, VisitStarted
from core.visits.evidence import FaceEvidence
from core.visits.models import VisitRow
from core.wire.sealing import seal_blob
from kiosk import wording
from kiosk.adapters.faces import FaceCheck, Faces, Looking, Proof, Recognised
from kiosk.adapters.forms import SiteForms, form_day, form_is_due
from kiosk.adapters.site import Site
from kiosk.gallery import candidates
from kiosk.ports import Frame
from kiosk.shown import Accepted, Action, Box, Progress, Request
from kiosk.shown import Refused as Shown

_ATTEMPTS: dict[Action, Literal["start", "end", "form", "records"]] = {
    Action.START: "start", Action.END: "end", Action.FORM: "form", Action.RECORDS: "records",
}  # fmt: skip
_NOTHING_KEPT = "没有开始或结束任何执业；本次尝试已记录。"
_WRITTEN = "已写入本机，不会丢失；详情暂时无法显示，请稍后在“执业历史”中查看。"
ABANDONED = "face.abandoned"
NOT_THE_FACE = (
    "face.no_candidates", "face.other_model", "face.dark_picture", "face.white_picture", "face.still_picture",
    "face.upside_down",
)  # fmt: skip
"""Refusals that say something about this kiosk's data or camera, as long as no face was compared before them (S-3)."""
log = structlog.get_logger()


class SiteCheckIns:
    """Makes check-ins for this site."""

    def __init__(self, site: Site, faces: Callable[[], Faces], forms: SiteForms) -> None:
        """``faces`` gives the engine, which may take seconds to load the first time."""
        self._site, self._faces, self._forms = site, faces, forms

    def begin(self, request: Request) -> "SiteCheckIn":
        """Raises what forbids the visit before anybody looks into the camera."""
        with self._site.reading() as ctx:
            if request.action is Action.START:
                _require_open_project(ctx, request.project_id)
            people, portraits = candidates(ctx, request.project_id, self._site.contact_ms())
        if not people:
            raise Refused(
                "kiosk.no_faces", "本机没有这个项目人员的证件照", "请联网同步；仍没有时请公司管理人员上传证件照",
                rule="P-2",
            )  # fmt: skip
        return SiteCheckIn(self._site, self._faces().check(people), request, portraits, self._forms)


def _require_open_project(ctx: Context, project_id: str) -> None:
    obstacle = next((one.obstacle for one in board(ctx) if one.id == project_id), None)
    if obstacle is not None:
        raise obstacle.refusal()


class SiteCheckIn:
    """One person in front of the camera, from the first frame to a durable fact."""

    def __init__(
        self, site: Site, check: FaceCheck, request: Request, portraits: dict[str, str], forms: SiteForms
    ) -> None:
        self._site, self._check, self._request, self._portraits, self._forms = (
            site,
            check,
            request,
            portraits,
            forms,
        )
        self._over = False

    def feed(self, frame: Frame) -> Progress | Accepted | Shown:
        """Judges one frame; accepted is answered only when the fact is durable."""
        seen = self._check.feed(frame.image, frame.t)
        if isinstance(seen, Looking):
            box = Box(*seen.box) if seen.box else None
            return Progress(seen.instruction, box, seen.fraction, seen.ready, seen.tried)
        self._over = True
        if isinstance(seen, Recognised):
            return self._recognised(seen)
        self._keep_attempt(seen.code, seen.proof)
        counts = seen.tried or seen.code not in NOT_THE_FACE
        return Shown(seen.code, seen.sentence, seen.hint, kept=_NOTHING_KEPT, face_failed=counts)

    def cancel(self) -> None:
        """Whoever leaves after his face was compared has had a try: that goes on record (S-3)."""
        proof = None if self._over else self._check.abandoned()
        self._over = True
        if proof is not None:
            self._keep_attempt(ABANDONED, proof)

    def _recognised(self, seen: Recognised) -> Accepted | Shown:
        """Only what happens before the fact is in the journal is a refusal; what it shows afterwards is news of it."""
        photo = _Photo(seen.proof)
        try:
            if self._request.action not in (Action.START, Action.END):
                return self._let_in(seen)
            command = (
                self._start(seen, photo) if self._request.action is Action.START else self._end(seen, photo)
            )
            entry = self._submit(command, seen, photo)
        except DomainError as refusal:
            self._keep_attempt(refusal.code, seen.proof)
            return Shown(refusal.code, refusal.sentence, refusal.hint, kept=_NOTHING_KEPT, may_retry=False)
        return self._told(seen, command, entry)

    def _start(self, seen: Recognised, photo: "_Photo") -> VisitStarted:
        return VisitStarted(
            project_id=self._request.project_id, person_id=seen.person_id, claims=self._request.claims,
            face=self._face(seen, photo), fix=self._site.fix_entry(),
        )  # fmt: skip

    def _end(self, seen: Recognised, photo: "_Photo") -> VisitEnded:
        with self._site.reading() as ctx:
            visit = gates.open_visit(ctx, seen.person_id)
        return VisitEnded(
            project_id=self._request.project_id, person_id=seen.person_id, start_id=visit.id if visit else None,
            face=self._face(seen, photo), fix=self._site.fix_entry(),
        )  # fmt: skip

    def _told(self, seen: Recognised, command: VisitStarted | VisitEnded, entry: str) -> Accepted:
        """What was written, as the cache shows it; it is written even where the cache can't show it."""
        visit = entry if isinstance(command, VisitStarted) else command.start_id
        end = entry if isinstance(command, VisitEnded) else None
        try:
            with self._site.reading() as ctx:
                row = ctx.db.get(VisitRow, visit) if visit else None
                if row is not None:
                    return (
                        self._ended(ctx, seen, row, end) if end else self._accepted(ctx, seen, row.started_ms)
                    )
        except (DomainError, SQLAlchemyError) as error:
            log.warning("fact_not_told", kind=type(error).__name__)
        pass_id = self._site.admit(seen.person_id, self._request.project_id, end)
        return Accepted(pass_id, seen.person_id, "", portrait=seen.proof.photo or b"", note=_WRITTEN)

    def _face(self, seen: Recognised, photo: "_Photo") -> FaceEntry:
        return FaceEntry(
            engine=seen.proof.engine, liveness=seen.proof.liveness,  # type: ignore[arg-type]
            portrait_id=self._portraits[seen.person_id], photo=photo.digest,
        )  # fmt: skip

    def _submit(self, command: Command, seen: Recognised, photo: "_Photo") -> str:
        actor = Actor("person", seen.person_id)
        return self._site.submitter.submit(command, actor, _sealed(seen.proof, photo), photo.boxes).id

    def _accepted(self, ctx: Context, seen: Recognised, at_ms: int) -> Accepted:
        project = self._request.project_id
        names = names_of(ctx, [project])
        return Accepted(
            pass_id=self._site.admit(seen.person_id, project), person_id=seen.person_id,
            name=names.get(seen.person_id, ""), portrait=seen.proof.photo or b"", at=from_ms(at_ms),
        )  # fmt: skip

    def _ended(self, ctx: Context, seen: Recognised, row: VisitRow, end_id: str) -> Accepted:
        project, person = self._request.project_id, seen.person_id
        form_id = f"{project}/{form_day(ctx, person, project)}/{person}"
        return Accepted(
            pass_id=self._site.admit(person, project, end_id), person_id=person,
            name=names_of(ctx, [project]).get(person, ""), portrait=seen.proof.photo or b"",
            at=from_ms(row.ended_ms) if row.ended_ms else None,
            counted=wording.counted(row), counted_tone=wording.verdict(row)[1],
            form_due=form_is_due(ctx, person, project), form_kept=self._has_draft(form_id),
        )  # fmt: skip

    def _has_draft(self, form_id: str) -> bool:
        """Drafts that can't be read say so when the form is opened; the end has nothing to do with them."""
        try:
            return self._forms.has_draft(form_id)
        except DomainError as error:
            log.warning("drafts_unreadable", code=error.code)
            return False

    def _let_in(self, seen: Recognised) -> Accepted:
        """For a form or the records nothing is written down: the living face opens them."""
        with self._site.reading() as ctx:
            gates.require_live(ctx, seen.proof.liveness)
            return self._accepted(ctx, seen, ctx.now_ms)

    def _keep_attempt(self, code: str, proof: Proof) -> None:
        """A refused check-in is on record, with what was seen (S-3)."""
        photo = _Photo(proof)
        action = _ATTEMPTS[self._request.action]
        attempt = AttemptFailed(
            project_id=self._request.project_id, action=action, reason=code[:40], photo=photo.digest
        )
        actor = Actor("device", self._site.device_id)
        self._site.submitter.submit(attempt, actor, _sealed(proof, photo), photo.boxes)


class _Photo:
    """The evidence photo, encrypted with a key of its own."""

    def __init__(self, proof: Proof) -> None:
        self._blob = seal_blob(proof.photo) if proof.photo else None

    @property
    def digest(self) -> str | None:
        """The name under which it is uploaded."""
        return self._blob.digest if self._blob else None

    @property
    def key(self) -> bytes | None:
        """Opens it; travels in the sealed part."""
        return self._blob.key if self._blob else None

    @property
    def boxes(self) -> list[bytes]:
        """What the outbox takes."""
        return [self._blob.box] if self._blob else []


def _sealed(proof: Proof, photo: _Photo) -> bytes:
    """The sealed part: what ``FaceEvidence`` names, and under ``details`` all that the engine measured."""
    evidence = FaceEvidence(
        score=proof.score, threshold=proof.threshold, challenge=proof.challenge, versions=proof.versions,
        photo_key=photo.key,
    )  # fmt: skip
    return msgspec.json.encode(msgspec.to_builtins(evidence) | {"details": proof.details})
