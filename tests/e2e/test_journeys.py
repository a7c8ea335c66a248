"""J1 and J2 by the very code that the demo plays: real processes, real windows, a real browser, the real face."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.face.engine import FaceEngine
from demo import onsite, refusals
from demo.programs import Programs
from demo.steps import Steps

pytestmark = [pytest.mark.timeout(240), pytest.mark.enable_socket]


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    """Where pictures go: a folder that somebody named to look at them, else nowhere for long."""
    made = Steps(Path(os.environ.get("ZHIYE_SHOTS", str(tmp_path / "pictures"))))
    yield made
    made.write()


@pytest.mark.rule("C-2", "S-6", "S-10", "S-11", "F-2", "X-1", "V-1")
def test_j1_on_site_check_in(steps: Steps, tmp_path: Path) -> None:
    """At a site tablet without network a practitioner starts, ends and fills the feedback; the network comes
    back; within seconds the office's desktop shows the visit with its evidence, and the contact has the message."""
    with Programs(tmp_path / "logs") as programs:
        onsite.play(steps, programs, tmp_path / "j1", FaceEngine.shipped())
    assert steps.ok


@pytest.mark.rule("S-3")
def test_j2_someone_else(steps: Steps, tmp_path: Path) -> None:
    """A stranger, a colleague who is not in this project and a photo are each refused, each with a sentence that
    says what to do, and each attempt is on record. Three failures: a pause of 60 s."""
    with Programs(tmp_path / "logs") as programs:
        refusals.play(steps, programs, tmp_path / "j2", FaceEngine.shipped())
    assert steps.ok
