"""The day's feedback form on this kiosk: who may fill it, what is kept, how it is written down (F-1 to F-4)."""

import threading
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import cv2
import msgspec
import structlog
from sqlalchemy import exists, select

from core.clock import day_of_ms, from_ms
from core.context import Actor, Context
from core.errors import BadInput, DomainError
from core.ids import new_id
from core.projects.models import Project
from core.visits import gates, rules
from core.visits.board import names_of
from core.visits.commands import FormSubmitted
from core.visits.evidence import FormEvidence
from core.visits.models import FormRow, VisitRow
from core.visits.outcome import VerdictState
from core.wire.sealing import seal_blob
from kiosk import wording
from kiosk.adapters.site import Site
from kiosk.drafts import Drafts
from kiosk.shown import Draft, Form, OnSite, Photo, Presence, Receipt, Review

PHRASES = ("现场检查测试已按方案完成", "设备运行正常，未发现问题", "已向委托单位说明发现的问题")
PROBLEM_PHRASES = (
    "设备故障，需维修", "测试不合格", "被遮挡、占用或挪用", "缺失或损坏", "标识不清", "已当场告知委托单位",
)  # fmt: skip
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 85]
_SEPARATOR = "/"
log = structlog.get_logger()


class SiteForms:
    """Opens, keeps and submits forms; a form's id names project, day and filler."""

    def __init__(self, site: Site, open_drafts: Callable[[], Drafts]) -> None:
        self._site = site
        self._open_drafts = open_drafts
        self._mine = threading.local()

    @property
    def _kept(self) -> Drafts:
        """One for each lane that asks: the face's looks whether a form waits, the form's own fills it."""
        found: Drafts | None = getattr(self._mine, "drafts", None)
        if found is None:
            found = self._mine.drafts = self._open_drafts()
        return found

    def has_draft(self, form_id: str) -> bool:
        """Whether a half-filled form waits."""
        return self._kept.load(form_id) is not None

    def open(self, pass_id: str) -> Form:
        """The form of whom the pass names; raises why he may not fill it (F-1)."""
        known = self._site.pass_of(pass_id)
        with self._site.reading() as ctx:
            day = form_day(ctx, known.person_id, known.project_id)
            if found := _breaches(ctx, known.person_id, known.project_id, day):
                raise found[0].refusal()
            project = ctx.db.get_one(Project, known.project_id)
            names = names_of(ctx, [project.id])
            people = tuple(_presence(row, names) for row in _day_rows(ctx, project.id, day))
        form_id = _SEPARATOR.join((known.project_id, day, known.person_id))
        return Form(
            id=form_id, project_name=project.name, person_name=names.get(known.person_id, ""),
            day=date.fromisoformat(day), people=people, phrases=PHRASES,
            problem_phrases=PROBLEM_PHRASES, draft=self._kept.load(form_id) or Draft(),
        )  # fmt: skip

    def keep(self, form_id: str, draft: Draft) -> None:
        """Keeps what is typed, durably."""
        self._kept.keep(form_id, draft)

    def add_photo(self, form_id: str, image: Any) -> Photo:
        """Encodes and keeps one frame's picture."""
        good, data = cv2.imencode(".jpg", image, _JPEG)
        if not good:
            raise BadInput("kiosk.photo", "照片无法保存", "请重新拍摄")
        photo = Photo(new_id(), data.tobytes())
        self._kept.add_photo(form_id, photo)
        return photo

    def review(self, form_id: str, draft: Draft) -> Review:
        """What is missing, and whose visits the form would close (S-9)."""
        project, day, filler = form_id.split(_SEPARATOR)
        faults = []
        if not draft.work.strip():
            faults.append("请填写完成的工作内容")
        if draft.complete is None:
            faults.append("请选择现场工作是否已全部完成")
        faults += [
            f"第 {n} 个问题还没有文字说明" for n, one in enumerate(draft.problems, 1) if not one.text.strip()
        ]
        with self._site.reading() as ctx:
            names = names_of(ctx, [project])
            rows = [
                row
                for row in _day_rows(ctx, project, day)
                if row.state == gates.OPEN and row.person_id != filler
            ]
        closing = tuple(OnSite(r.person_id, names.get(r.person_id, ""), from_ms(r.started_ms)) for r in rows)
        return Review(tuple(faults), closing)

    def submit(self, form_id: str, draft: Draft) -> Receipt:
        """Writes the form down; what the gate refuses is raised, and the draft stays."""
        project, day, filler = form_id.split(_SEPARATOR)
        self._kept.keep(form_id, draft)
        faults = self.review(form_id, draft).faults
        if faults or draft.complete is None:
            raise BadInput("kiosk.form", "；".join(faults), "请补充后再提交", rule="F-2")
        evidence, boxes = _evidence(draft)
        command = FormSubmitted(project_id=project, person_id=filler, day=day, complete=draft.complete)
        entry = self._site.submitter.submit(
            command, Actor("person", filler), msgspec.json.encode(evidence), boxes
        )
        self._forget(form_id)
        return Receipt(entry.id, "执业反馈单已保存在本机", from_ms(self._site.now_ms()))

    def _forget(self, form_id: str) -> None:
        """The form is written down by now: a draft that can't be deleted is only in the way of nobody."""
        try:
            self._kept.forget(form_id)
        except DomainError as error:
            log.warning("draft_not_deleted", code=error.code)


def form_day(ctx: Context, person: str, project: str) -> str:
    """The earliest day whose form this person may fill; else that of his last ended visit here, or today.

    A day that was forgotten would otherwise never be offered again, and its visits never be evaluated (F-1).
    """
    ended = select(VisitRow.day).where(
        VisitRow.person_id == person, VisitRow.project_id == project, VisitRow.ended_ms.is_not(None)
    )
    days = sorted(set(ctx.db.scalars(ended)))
    owed = (day for day in days if not _breaches(ctx, person, project, day))
    return next(owed, days[-1] if days else day_of_ms(ctx.now_ms).isoformat())


def _breaches(ctx: Context, person: str, project: str, day: str) -> list[rules.Breach]:
    exists = gates.counting_form(ctx, project, day) is not None
    return rules.form_breaches(person, gates.day_visits(ctx, project, day), form_exists=exists)


def owing_projects(ctx: Context) -> set[str]:
    """Projects with a day on which somebody ended a visit and whose form nobody has written yet (F-1, J-7)."""
    written = exists().where(
        FormRow.project_id == VisitRow.project_id, FormRow.day == VisitRow.day, FormRow.note.is_(None)
    )
    rows = select(VisitRow.project_id).where(
        VisitRow.ended_ms.is_not(None), VisitRow.closed_by.is_(None),
        VisitRow.state != VerdictState.INVALID.value, ~written,
    )  # fmt: skip
    return set(ctx.db.scalars(rows))


def form_is_due(ctx: Context, person: str, project: str) -> bool:
    """Whether this person may fill the form now (F-1)."""
    return not _breaches(ctx, person, project, form_day(ctx, person, project))


def _day_rows(ctx: Context, project: str, day: str) -> Sequence[VisitRow]:
    rows = select(VisitRow).where(VisitRow.project_id == project, VisitRow.day == day)
    return list(ctx.db.scalars(rows.order_by(VisitRow.started_ms)))


def _presence(row: VisitRow, names: dict[str, str]) -> Presence:
    return Presence(
        person_id=row.person_id, name=names.get(row.person_id, ""), started_at=from_ms(row.started_ms),
        ended_at=from_ms(row.ended_ms) if row.ended_ms else None,
        counted=wording.duration(row.counted_s) if row.counted_s else "", reason=wording.why(row),
    )  # fmt: skip


def _evidence(draft: Draft) -> tuple[FormEvidence, list[bytes]]:
    """The sealed part, and the encrypted photos that it names."""
    blobs = [seal_blob(photo.jpeg) for problem in draft.problems for photo in problem.photos]
    evidence = FormEvidence(
        work=draft.work.strip(), problems=[problem.text.strip() for problem in draft.problems],
        photos=[blob.digest for blob in blobs], remarks=draft.remarks.strip(),
        photo_keys={blob.digest: blob.key for blob in blobs},
    )  # fmt: skip
    return evidence, [blob.box for blob in blobs]
