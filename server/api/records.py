"""What only some may read in clear: evidence of visits, texts of forms and evaluations, who the contacts are."""

import base64

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.accounts.roles import require
from core.contacts import queries as contacts
from core.errors import NotHere
from core.feedback import queries as feedback
from core.visits import evidence
from core.visits.models import VisitRow
from server.identity import AccountOf
from server.rights import reader
from server.state import Here, State

router = APIRouter(tags=["records"])


class FaceProof(BaseModel):
    """What was seen at a start or an end (S-3); ``photo`` is a picture in base64, null until it is uploaded."""

    photo: str | None
    score: float | None
    threshold: float | None
    liveness: str | None
    challenge: str | None
    engine: str | None


class VisitEvidence(BaseModel):
    """The evidence of one visit; no end as long as there is none."""

    start: FaceProof
    end: FaceProof | None


class EvaluationAnswer(BaseModel):
    """What the contact said; a "no" among the answers is a dispute (V-2)."""

    questions: int
    answers: dict[str, bool]
    stars: int
    ratings: dict[str, int]
    disputed: bool
    given_ms: int
    remarks: str


class FeedbackAnswer(BaseModel):
    """What a form says, and its evaluation; ``photos`` are pictures in base64, ``absent`` why there is no text."""

    work: str
    absent: str = ""
    problems: list[str]
    remarks: str
    photos: list[str]
    evaluation: EvaluationAnswer | None


class ContactAnswer(BaseModel):
    """Who a contact is, with the state of his confirmation (C-1 to C-4)."""

    contact_id: str
    name: str
    telephone: str
    job: str
    client: str
    address: str
    registered_ms: int
    confirmed_ms: int | None
    ended_ms: int | None
    follows: str | None


@router.get("/visits/{visit_id}/evidence")
def visit_evidence(visit_id: str, caller: AccountOf, here: Here) -> VisitEvidence:
    """Photo, scores and thresholds, for managers and supervisors (S-10)."""
    with here.store.reading() as db:
        visit = db.get(VisitRow, visit_id)
        if visit is None:
            raise NotHere("visits.unknown", "找不到这次执业", "请刷新后再试")
        require(reader(here, db, caller.actor), "visit.evidence", {"project_id": visit.project_id})
        end = _proof(here, db, visit.end_id) if visit.end_id else None
        return VisitEvidence(start=_proof(here, db, visit.id), end=end)


def _proof(here: State, db: Session, fact_id: str) -> FaceProof:
    found = evidence.face_proof(db, here.vault, here.blobs, fact_id)
    return FaceProof(
        photo=_base64(found.photo) if found.photo is not None else None,
        score=found.score,
        threshold=found.threshold,
        liveness=found.liveness,
        challenge=found.challenge,
        engine=found.engine,
    )


def _base64(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


@router.get("/feedbacks/{feedback_id}")
def feedback_text(feedback_id: str, caller: AccountOf, here: Here) -> FeedbackAnswer:
    """The form's text and its evaluation, for the project's people, managers and supervisors (S-10, V-1)."""
    with here.store.reading() as db:
        form = feedback.form(db, feedback_id)
        require(reader(here, db, caller.actor), "project.read", {"project_id": form.project_id})
        text = evidence.form_text(db, here.vault, feedback_id)
        photos = evidence.form_photos(here.blobs, text).shown
        absent = text.zh if isinstance(text, evidence.Absent) else ""
        written = evidence.FormEvidence(work="") if isinstance(text, evidence.Absent) else text
        return FeedbackAnswer(
            work=written.work,
            problems=written.problems,
            remarks=written.remarks,
            absent=absent,
            photos=[_base64(photo) for photo in photos],
            evaluation=_evaluation(here, db, feedback_id),
        )


def _evaluation(here: State, db: Session, feedback_id: str) -> EvaluationAnswer | None:
    given = feedback.of_feedback(db, feedback_id)
    if given is None:
        return None
    return EvaluationAnswer(
        questions=given.questions,
        answers=given.answers,
        stars=given.stars,
        ratings=given.ratings,
        disputed=given.disputed,
        given_ms=given.given_ms,
        remarks=feedback.remarks(db, here.vault, given),
    )


@router.get("/projects/{project_id}/contacts")
def project_contacts(project_id: str, caller: AccountOf, here: Here) -> list[ContactAnswer]:
    """Who the project's contacts are, for lead and managers, who confirm them (C-2)."""
    with here.store.reading() as db:
        require(reader(here, db, caller.actor), "contact.confirm", {"project_id": project_id})
        return [
            ContactAnswer(
                contact_id=row.id,
                registered_ms=row.registered_ms,
                confirmed_ms=row.confirmed_ms,
                ended_ms=row.ended_ms,
                follows=row.follows,
                **contacts.details(db, here.vault, row.id),
            )
            for row in contacts.of_project(db, project_id)
        ]
