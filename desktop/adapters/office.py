"""The server as the office sees it: login, online commands, and what only some may read in clear."""

import base64
import threading
from contextlib import suppress
from typing import Any

import msgspec

from core.command import Command
from core.contacts.links import invitation_link
from core.errors import DomainError, NotAllowed
from desktop.ports import ContactDetails, Decision, Evidence, FaceProof, FeedbackText, Heard, Me, Quarantine
from sync.errors import ProtocolError
from sync.http import HttpTransport
from sync.pairing import Pairing
from sync.submit import Submitter


class _Login(msgspec.Struct, frozen=True):
    token: str
    account_id: str
    login_id: str


class _Job(msgspec.Struct, frozen=True):
    agency_id: str


class _Me(msgspec.Struct, frozen=True):
    login: str
    person_id: str | None
    name: str | None
    employments: list[_Job]


class _Proof(msgspec.Struct, frozen=True):
    photo: str | None = None
    score: float | None = None
    threshold: float | None = None
    liveness: str | None = None
    challenge: str | None = None
    engine: str | None = None


class _Evidence(msgspec.Struct, frozen=True):
    start: _Proof | None = None
    end: _Proof | None = None


class _Evaluation(msgspec.Struct, frozen=True):
    remarks: str = ""


class _Feedback(msgspec.Struct, frozen=True):
    work: str
    problems: list[str]
    remarks: str
    photos: list[str]
    evaluation: _Evaluation | None = None


class _Contact(msgspec.Struct, frozen=True):
    contact_id: str
    name: str
    telephone: str
    job: str
    client: str
    address: str


class _Heard(msgspec.Struct, frozen=True):
    device_id: str
    seen_ms: int
    waiting: int


class _Quarantine(msgspec.Struct, frozen=True):
    device_id: str
    entries: int
    days: list[str]
    people: dict[str, int]
    complete: bool


class _Health(msgspec.Struct, frozen=True):
    demo: bool = False


class _Address(msgspec.Struct, frozen=True):
    public_url: str


class Office:
    """One login on this desktop; one call at a time, because a window that was left may still wait for one."""

    def __init__(self, pairing: Pairing, transport: HttpTransport, submitter: Submitter) -> None:
        self._pairing, self._transport, self._submitter = pairing, transport, submitter
        self._one_call = threading.Lock()
        self._token: str | None = None
        self._public = pairing.address

    def login(self, name: str, password: str) -> Me:
        """Logs in; the token stays in memory only, and is bound to this device (A-4)."""
        with self._one_call:
            opened = _read(self._transport.log_in(name, password), _Login)
            who = _read(self._transport.read("/me", opened.token), _Me)
            agency = self._pairing.agency_id
            if agency not in {job.agency_id for job in who.employments}:
                self._end(opened.token)
                raise NotAllowed(
                    "desktop.agency",
                    "这个账号不属于本机所在的机构",
                    "请换用本机构的账号登录，或联系公司管理人员",
                )
            self._public = _read(self._transport.read("/address", opened.token), _Address).public_url
            demo = _read(self._transport.read("/health", opened.token), _Health).demo
            self._token = opened.token
            name = who.name or who.login
            return Me(opened.account_id, who.login, name, who.person_id, agency, demo, opened.login_id)

    def demo(self) -> bool:
        """Whether the server was made by the demo; anybody may ask."""
        with self._one_call:
            found: _Health = _read(self._transport.read("/health", ""), _Health)
            return found.demo

    def logout(self) -> None:
        """Forgets the token and ends it at the server; where that can't be reached it lapses by itself (A-4)."""
        with self._one_call:
            token, self._token = self._token, None
            if token is not None:
                self._end(token)

    def _end(self, token: str) -> None:
        with suppress(DomainError):
            self._transport.log_out(token)

    def run(self, command: Command, command_id: str) -> dict[str, Any]:
        """Runs an online command with the rights of the account, and has its rows pulled soon."""
        with self._one_call:
            return self._submitter.online(command, command_id=command_id, token=self._signed_in())

    def evidence(self, visit_id: str) -> Evidence:
        """Photo, scores and thresholds (S-10)."""
        found = self._read(f"/visits/{visit_id}/evidence", _Evidence)
        return Evidence(_proof(found.start), _proof(found.end))

    def feedback(self, feedback_id: str) -> FeedbackText:
        """The words of a form and of its evaluation."""
        found = self._read(f"/feedbacks/{feedback_id}", _Feedback)
        return FeedbackText(
            work=found.work,
            problems=tuple(found.problems),
            remarks=found.remarks,
            photos=tuple(base64.b64decode(photo) for photo in found.photos),
            evaluation_remarks=found.evaluation.remarks if found.evaluation else "",
        )

    def contacts(self, project_id: str) -> dict[str, ContactDetails]:
        """Who the project's contacts are."""
        found = self._read(f"/projects/{project_id}/contacts", list[_Contact])
        return {c.contact_id: ContactDetails(c.name, c.telephone, c.job, c.client, c.address) for c in found}

    def heard(self) -> dict[str, Heard]:
        """When the agency's devices were last heard of (D-1)."""
        found = self._read(f"/agencies/{self._pairing.agency_id}/devices", list[_Heard])
        return {one.device_id: Heard(one.seen_ms, one.waiting) for one in found}

    def quarantine(self) -> dict[str, Quarantine]:
        """What revoked devices have left, by device (D-1)."""
        found = self._read(f"/agencies/{self._pairing.agency_id}/quarantine", list[_Quarantine])
        return {
            one.device_id: Quarantine(one.device_id, one.entries, tuple(one.days), one.people, one.complete)
            for one in found
        }

    def decisions(self) -> dict[str, Decision]:
        """The last one by device: the server tells the newest first (D-1)."""
        found = self._read(f"/agencies/{self._pairing.agency_id}/quarantine/decisions", list[Decision])
        return {one.device_id: one for one in reversed(found)}

    def invitation_link(self, token: str) -> str:
        """The address that phones open, as the server named it at the login."""
        return invitation_link(self._public, token)

    def _read(self, path: str, kind: Any) -> Any:
        with self._one_call:
            return _read(self._transport.read(path, self._signed_in()), kind)

    def _signed_in(self) -> str:
        if self._token is None:
            raise NotAllowed("desktop.login", "登录已结束", "请重新登录后再试")
        return self._token


def _read(answer: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        raise ProtocolError("server-answer", "服务器的回答无法识别。") from error


def _proof(found: _Proof | None) -> FaceProof | None:
    if found is None:
        return None
    photo = base64.b64decode(found.photo) if found.photo else None
    return FaceProof(photo, found.score, found.threshold, found.liveness, found.challenge, found.engine)
