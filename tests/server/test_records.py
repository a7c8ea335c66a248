"""What only some may read in clear: evidence, texts, contacts; then portraits and invitations' links."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from core.accounts.commands import CreateAccount
from core.contacts.links import invitation_link
from core.context import Actor
from core.errors import BadInput
from core.feedback.commands import GiveEvaluation
from core.feedback.questions import CURRENT, VERSIONS
from core.ids import new_id
from core.practitioners.commands import RegisterPerson
from core.practitioners.models import Portrait
from core.visits.evidence import MOST_PHOTOS, FaceEvidence, FormEvidence, form_photos, form_text
from core.visits.models import VisitRow
from core.wire.sealing import seal_blob
from tests.factories.evidence import PHOTO, bring_photo, keep_sealed, keep_start
from tests.factories.web import Paired, Web
from tests.factories.world import PASSWORD, World, run


def account(web: Web, person: str, login: str) -> dict[str, str]:
    """The headers of a person with a new account."""
    run(web.state.bus, CreateAccount(account_id=new_id(), login=login, password=PASSWORD, person_id=person))
    return web.login(login)


@pytest.mark.rule("S-10", "D-2")
def test_evidence_is_for_managers_and_shows_the_photo(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """History readable by lead, technical lead, members, managers, supervisor; evidence by managers and supervisor."""
    project, person = world.project(), world.members[0]
    web.visited_day(world, project)
    with web.state.store.reading() as db:
        visit_id = db.scalars(select(VisitRow.id)).one()
    url = f"/api/v1/visits/{visit_id}/evidence"
    bare = web.client.get(url, headers=office).json()
    assert (bare["start"]["photo"], bare["end"]["score"]) == (None, None)
    digest, key = bring_photo(web, kiosk)
    keep_start(web, kiosk, visit_id, person, project, digest)
    keep_sealed(
        web, visit_id, person, FaceEvidence(score=0.71, threshold=0.36, challenge="blink", photo_key=key)
    )
    start = web.client.get(url, headers=office).json()["start"]
    assert base64.b64decode(start["photo"]) == PHOTO
    assert (start["score"], start["threshold"], start["liveness"], start["engine"]) == (
        0.71,
        0.36,
        "challenge",
        "fake",
    )
    for member in (world.members[0], world.lead):
        headers = account(web, member, f"名{member[-6:]}")
        assert web.client.get(url, headers=headers).status_code == 403
    assert web.client.get(f"/api/v1/visits/{new_id()}/evidence", headers=office).status_code == 404


@pytest.mark.rule("S-10", "V-1")
def test_a_forms_text_is_for_the_projects_people(web: Web, world: World, kiosk: Paired) -> None:
    """Evaluations are listed per project; what was written is read by its people."""
    project = world.project(members=world.members[:1])
    feedback = web.visited_day(world, project)
    digest, key = bring_photo(web, kiosk)
    text = FormEvidence(
        work="检测", problems=["缺水带"], photos=[digest], remarks="无", photo_keys={digest: key}
    )
    keep_sealed(web, feedback, world.members[0], text)
    answers = {question.key: True for question in VERSIONS[CURRENT]} | {"truthful": False}
    given = GiveEvaluation(
        evaluation_id=new_id(), project_id=project, feedback_id=feedback, questions=CURRENT, answers=answers, stars=2,
        remarks="没有说明",
    )  # fmt: skip
    run(web.state.bus, given, Actor("contact", world.contacts[0]))
    url = f"/api/v1/feedbacks/{feedback}"
    found = web.client.get(url, headers=account(web, world.members[0], "参与人员")).json()
    assert (found["work"], found["problems"], found["remarks"]) == ("检测", ["缺水带"], "无")
    assert [base64.b64decode(photo) for photo in found["photos"]] == [PHOTO]
    assert (found["evaluation"]["disputed"], found["evaluation"]["remarks"]) == (True, "没有说明")
    assert web.client.get(url, headers=account(web, world.members[1], "别的人员")).status_code == 403


@pytest.mark.rule("C-2")
def test_who_the_contacts_are_is_for_those_who_confirm_them(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """The lead or a manager confirms the contact."""
    project = world.project()
    url = f"/api/v1/projects/{project}/contacts"
    [contact] = web.client.get(url, headers=office).json()
    assert (contact["name"], contact["contact_id"]) == ("联系人甲", world.contacts[0])
    assert web.client.get(url, headers=account(web, world.lead, "负责人")).status_code == 200
    assert web.client.get(url, headers=account(web, world.members[0], "参与人员")).status_code == 403


@pytest.mark.rule("C-1")
def test_an_invitations_link_leads_to_the_address_that_phones_reach(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """The lead or a manager makes an invitation: a QR code with a single-use token."""
    project, token = world.project(contact=False), "t" * 43
    digest = hashlib.sha256(token.encode()).hexdigest()
    made = web.command(
        office, "contacts.invite", invitation_id=new_id(), project_id=project, token_hash=digest
    )
    assert made.status_code == 200
    told = web.client.get("/api/v1/address", headers=office).json()
    assert told == {"public_url": "http://testserver"}
    assert web.client.get(invitation_link(told["public_url"], token)).status_code == 200


@dataclass
class _Template:
    model: str
    vector: bytes


@dataclass
class _Check:
    picture: bytes
    template: _Template
    more: tuple[bytes, ...] = ()


class FakeChecker:
    """Finds a face in what begins like a JPEG, and names the fault of everything else."""

    model = "fake-1"

    def enrol(self, picture: bytes, more: Sequence[bytes] = ()) -> _Check:
        """The portrait, made smaller."""
        if not picture.startswith(b"\xff\xd8"):
            raise BadInput("portrait.picture", "这不是照片", "请选择 JPEG 或 PNG 格式的照片", rule="B-2")
        return _Check(picture[:4], _Template("fake-1", b"v" * 512))


@pytest.mark.rule("P-2", "B-2")
def test_a_portrait_is_checked_before_it_serves(web: Web, world: World, office: dict[str, str]) -> None:
    """A refusal names the fault; the server repeats the check; the new one serves visits only after it."""
    person = world.members[0]
    url = f"/api/v1/persons/{person}/portrait"

    def handed(headers: dict[str, str], picture: bytes, **fields: str) -> tuple[int, str]:
        data = {"id": new_id(), "consent": "true"} | fields
        answer = web.client.post(url, headers=headers, data=data, files={"picture": ("x.exe", picture)})
        return answer.status_code, answer.json().get("code", "")

    own = account(web, person, "本人")
    assert handed(own, b"\xff\xd8")[1] == "portraits.no_models"
    web.state.portraits._make = FakeChecker
    assert handed(own, b"no picture") == (422, "portrait.picture")
    assert handed(own, b"\xff\xd8 good", consent="false") == (409, "practitioners.consent")
    assert handed(own, b"\xff\xd8 good") == (200, "")
    assert handed(office, b"\xff\xd8 good", agency_id=world.agency) == (200, "")
    assert handed(account(web, world.lead, "负责人"), b"\xff\xd8 good") == (403, "not-allowed")
    with web.state.store.reading() as db:
        ends = db.scalars(select(Portrait.until_ms).where(Portrait.person_id == person)).all()
    assert [end is None for end in sorted(ends, key=lambda end: end is None)] == [False, False, True]


@pytest.mark.rule("P-2", "A-3")
def test_a_manager_hands_in_portraits_of_his_own_agencys_people_only(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """Rights are derived from employment."""
    web.state.portraits._make = FakeChecker
    stranger = new_id()
    run(web.state.bus, RegisterPerson(person_id=stranger, name="别家人员"))
    answer = web.client.post(
        f"/api/v1/persons/{stranger}/portrait",
        headers=office,
        data={"id": new_id(), "consent": "true", "agency_id": world.agency},
        files={"picture": ("x", b"\xff\xd8")},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


BAD_PARTS: dict[str, object] = {
    "a number": {"work": 5},
    "no text": {"problems": []},
    "a list": [1, 2],
    "a key that is none": {"work": "检测", "photo_keys": {"a": "!"}},
    "a photo that is a path": {"work": "检测", "photos": ["../../etc/passwd"]},
    "more than anybody reads": {"work": "长" * 10_001},
}


@pytest.mark.rule("F-2")
@pytest.mark.parametrize("part", BAD_PARTS.values(), ids=list(BAD_PARTS))
def test_a_text_that_can_not_be_read_says_so(
    web: Web, world: World, office: dict[str, str], kiosk: Paired, part: object
) -> None:
    """What a broken device sealed nobody sees before it is opened: its reader gets a sentence, the office too."""
    feedback = web.visited_day(world, world.project(contact=False))
    url = f"/api/v1/feedbacks/{feedback}"
    assert web.client.get(url, headers=office).json()["absent"] == "这份反馈单没有文字内容。"
    keep_sealed(web, feedback, world.members[0], part)
    found = web.client.get(url, headers=office)
    assert found.status_code == 200
    assert (found.json()["work"], found.json()["photos"]) == ("", [])
    assert found.json()["absent"].startswith("内容无法读取")


@pytest.mark.rule("D-2", "D-3")
def test_an_erased_text_is_told_from_one_that_never_was(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """Erasure destroys the subject's key, while visits, hashes and chains stay."""
    feedback = web.visited_day(world, world.project())
    keep_sealed(web, feedback, world.members[0], FormEvidence(work="检测"))
    url = f"/api/v1/feedbacks/{feedback}"
    assert web.client.get(url, headers=office).json()["work"] == "检测"
    with web.state.store.writing() as db:
        web.state.vault.erase(db, world.members[0])
    assert web.client.get(url, headers=office).json()["absent"] == "文字内容已按规定期限删除。"


@pytest.mark.rule("F-2")
def test_photos_that_can_not_be_opened_are_left_out(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """Problems found with photos: one that is damaged takes neither the text nor the other photos with it."""
    feedback = web.visited_day(world, world.project())
    brought = [bring_photo(web, kiosk) for _ in range(MOST_PHOTOS + 2)]
    keys = dict(brought)
    awaited, unnamed = seal_blob(PHOTO), seal_blob(PHOTO)
    photos = [awaited.digest, unnamed.digest, *keys]
    keys |= {brought[0][0]: b"x" * 32, brought[1][0]: b"short", awaited.digest: awaited.key}
    text = FormEvidence(work="检测", photos=photos, photo_keys=keys)
    keep_sealed(web, feedback, world.members[0], text)
    answer = web.client.get(f"/api/v1/feedbacks/{feedback}", headers=office).json()
    assert (answer["work"], len(answer["photos"])) == ("检测", MOST_PHOTOS - 4)
    with web.state.store.reading() as db:
        found = form_photos(web.state.blobs, form_text(db, web.state.vault, feedback))
    assert (found.awaited, found.left_out) == (1, 4)


@pytest.mark.rule("S-10")
def test_evidence_that_can_not_be_read_is_no_evidence(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """Readable by managers: what is there, whatever a device has put beside it."""
    project = world.project()
    web.visited_day(world, project)
    with web.state.store.reading() as db:
        visit_id = db.scalars(select(VisitRow.id)).one()
    digest, _key = bring_photo(web, kiosk)
    keep_start(web, kiosk, visit_id, world.members[0], project, digest)
    keep_sealed(web, visit_id, world.members[0], {"score": "high", "photo_key": 7})
    answer = web.client.get(f"/api/v1/visits/{visit_id}/evidence", headers=office)
    assert answer.status_code == 200
    assert (answer.json()["start"]["photo"], answer.json()["start"]["liveness"]) == (None, "challenge")
