"""From a face to a fact on the kiosk: what is written is never told as refused, and who leaves is on record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlcipher3 import dbapi2

from kiosk.adapters.faces import Looking, NotRecognised, Recognised
from kiosk.checkin import ABANDONED, NOT_THE_FACE
from kiosk.shown import Accepted, Action, Draft, Progress, Refused
from tests.database.test_sync_submit import Site
from tests.factories.checkins import FRAME, PROOF, check_in, drafts_file, forms_of, site_of
from tests.factories.devices import Kiosk


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    for kiosk in made.kiosks:
        kiosk.kill()
    made.server.close()


@pytest.fixture
def kiosk(site: Site) -> Kiosk:
    return site.kiosk()


def feed(kiosk: Kiosk, action: Action, site: Site) -> Any:
    return check_in(kiosk, action, site.project, [Recognised(site.person, PROOF)]).feed(FRAME)


def commands(kiosk: Kiosk) -> list[str]:
    """The facts in the journal, in order."""
    named = [one.entry.command for one in kiosk.journal.after(0)]
    return [name for name in named if not name.startswith("time.")]


def body(kiosk: Kiosk) -> str:
    """The newest entry, as it was written."""
    return bytes(kiosk.journal.after(kiosk.journal.head().dseq - 1)[0].entry.body).decode()


def test_a_start_and_an_end_say_what_was_written(kiosk: Kiosk, site: Site) -> None:
    start = feed(kiosk, Action.START, site)
    assert isinstance(start, Accepted) and start.at is not None and start.note == ""
    site.later(minutes=30)
    end = feed(kiosk, Action.END, site)
    assert isinstance(end, Accepted)
    assert (end.counted, end.form_due) == ("执业时长　30 分", True)
    assert commands(kiosk) == ["visits.start", "visits.end"]


def test_what_the_gate_refuses_is_refused_and_on_record(kiosk: Kiosk, site: Site) -> None:
    refused = feed(kiosk, Action.END, site)
    assert isinstance(refused, Refused) and refused.code == "visits.not_open"
    assert commands(kiosk) == ["visits.attempt"]


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("action", list(Action))
def test_a_photo_opens_nothing_on_an_ordinary_server(kiosk: Kiosk, site: Site, action: Action) -> None:
    """Live, at the device: the kiosk's own switch for photos decides nothing, for the form and the records either."""
    feed(kiosk, Action.START, site)
    before = commands(kiosk)
    shown = [Recognised(site.person, replace(PROOF, liveness="demo-still"))]
    refused = check_in(kiosk, action, site.project, shown).feed(FRAME)
    assert isinstance(refused, Refused)
    assert refused.code == "visits.live"
    assert commands(kiosk) == [*before, "visits.attempt"]


@pytest.mark.expect_log("drafts_unreadable")
def test_an_end_is_an_end_though_the_drafts_are_damaged(kiosk: Kiosk, site: Site) -> None:
    feed(kiosk, Action.START, site)
    drafts_file(kiosk).write_bytes(b"no database at all" * 100)
    end = feed(kiosk, Action.END, site)
    assert isinstance(end, Accepted) and end.form_due
    assert commands(kiosk) == ["visits.start", "visits.end"]


@pytest.mark.expect_log("fact_not_shown")
def test_a_start_that_the_cache_can_not_take_is_written_all_the_same(kiosk: Kiosk, site: Site) -> None:
    trigger = "CREATE TRIGGER no BEFORE INSERT ON visit BEGIN SELECT RAISE(ABORT, 'disk'); END"
    with kiosk.cache.writing() as db:
        db.execute(text(trigger))
    start = feed(kiosk, Action.START, site)
    assert isinstance(start, Accepted) and "已写入本机" in start.note
    assert commands(kiosk) == ["visits.start"]
    with kiosk.cache.writing() as db:
        db.execute(text("DROP TRIGGER no"))
    kiosk.restart()
    site.later(minutes=5)
    assert isinstance(feed(kiosk, Action.END, site), Accepted), "the next start of the program has caught up"


class BrokenOnDelete:
    """A driver's connection over a disk that fails just when something is deleted."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def execute(self, sql: str, *values: Any) -> Any:
        """Fails as SQLCipher does on a broken disk."""
        if sql.startswith("DELETE"):
            raise dbapi2.OperationalError("disk I/O error")
        return self._inner.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.mark.expect_log("draft_not_deleted")
def test_a_form_is_submitted_though_its_draft_can_not_be_deleted(kiosk: Kiosk, site: Site) -> None:
    feed(kiosk, Action.START, site)
    feed(kiosk, Action.END, site)
    forms = forms_of(kiosk)
    form = forms.open(forms._site.admit(site.person, site.project))
    forms.keep(form.id, Draft(work="检测"))
    forms._kept._file._db = BrokenOnDelete(forms._kept._file._db)
    receipt = forms.submit(form.id, Draft(work="检测", complete=True))
    assert commands(kiosk)[-1] == "feedback.submit"
    assert receipt.form_id == kiosk.journal.after(kiosk.journal.head().dseq - 1)[0].id


@pytest.mark.rule("S-3")
def test_who_leaves_in_the_middle_of_the_challenge_is_on_record_once(kiosk: Kiosk, site: Site) -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    asked = Looking("请眨眨眼", ready=True, tried=True)
    check = check_in(kiosk, Action.END, site.project, [asked], left=PROOF)
    seen = check.feed(FRAME)
    assert isinstance(seen, Progress) and seen.tried
    check.cancel()
    check.cancel()
    assert commands(kiosk) == ["visits.attempt"]
    assert ABANDONED in body(kiosk)


@pytest.mark.rule("S-3")
def test_who_leaves_before_the_challenge_or_after_the_answer_leaves_no_other_record(
    kiosk: Kiosk, site: Site
) -> None:
    """S-3: ... and the attempts are recorded."""
    check_in(kiosk, Action.END, site.project, [], left=None).cancel()
    assert commands(kiosk) == []
    stranger = NotRecognised("face.unknown", "没有认出您。", "请再试。", PROOF, tried=True)
    check = check_in(kiosk, Action.END, site.project, [stranger], left=PROOF)
    refused = check.feed(FRAME)
    assert isinstance(refused, Refused) and refused.face_failed
    check.cancel()
    assert commands(kiosk) == ["visits.attempt"]
    assert ABANDONED not in body(kiosk)


@pytest.mark.rule("S-3")
def test_missing_templates_are_no_failure_of_the_face(kiosk: Kiosk, site: Site) -> None:
    """S-3: Three failures: a pause of 60 s."""
    nobody = NotRecognised("face.no_candidates", "本机没有可比对的人脸。", "请联网。", PROOF, tried=False)
    refused = check_in(kiosk, Action.END, site.project, [nobody]).feed(FRAME)
    assert isinstance(refused, Refused) and not refused.face_failed


@pytest.mark.rule("S-3")
@pytest.mark.parametrize("tried", [False, True])
@pytest.mark.parametrize("code", [one for one in NOT_THE_FACE if "picture" in one or "down" in one])
def test_a_cameras_fault_is_a_try_where_a_face_was_compared_before(
    kiosk: Kiosk, site: Site, code: str, tried: bool
) -> None:
    """S-3: Three failures: a pause of 60 s, and the attempts are recorded."""
    fault = NotRecognised(code, "画面异常。", "请检查摄像头。", PROOF, tried)
    refused = check_in(kiosk, Action.END, site.project, [fault]).feed(FRAME)
    assert isinstance(refused, Refused) and refused.face_failed is tried
    assert commands(kiosk) == ["visits.attempt"]


def test_what_the_server_has_not_got_is_counted_in_the_files(kiosk: Kiosk, site: Site) -> None:
    here = site_of(kiosk)
    assert here.waiting() == 0
    feed(kiosk, Action.START, site)
    assert (kiosk.status.now.waiting, here.waiting()) == (1, 2), (
        "the entry, and with its photo, before any round"
    )
