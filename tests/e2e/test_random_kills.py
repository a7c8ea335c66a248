"""Kill -9 at random moments and named points of devices and server: nothing accepted is lost or counts twice."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from core.ids import new_id
from tests.e2e.campaign import Campaign, make_campaign, open_device, open_state, sync
from tests.e2e.processes import ROOT
from tests.e2e.reckoning import check_device, check_server, lost_and_twice

KILLS = int(os.environ.get("ZHIYE_KILLS", "10"))
"""On each database; ``run.py soak kills`` sets more."""
SEED = int(os.environ.get("ZHIYE_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
pytestmark = pytest.mark.timeout(120 + 20 * KILLS)


@pytest.mark.rule("S-13")
def test_what_was_accepted_is_there_once_whoever_was_killed_when(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything above works with no network: what a device has shown as accepted is in the office, and counts once."""
    print(f"ZHIYE_SEED={SEED}")
    campaign = make_campaign(tmp_path, database_url, random.Random(f"{SEED} {database_url[:6]}"))
    try:
        campaign.begin()
        while campaign.kills < KILLS:
            campaign.strike()
    finally:
        campaign.end()
    accepted = [one for client in campaign.clients for one in client.accepted]
    with open_state(campaign.server) as state:
        before = len(accepted) - len(lost_and_twice(state, accepted)[0])
    drain(campaign)
    with open_state(campaign.server) as state:
        lost, twice = lost_and_twice(state, accepted)
        kills = f"{campaign.kills} kills ({campaign.at_points} at points)"
        facts = f"{len(accepted)} facts accepted ({before} arrived meanwhile), {len(lost)} lost, {len(twice)} twice"
        with capsys.disabled():
            print(f"\n{kills}, {facts} (ZHIYE_SEED={SEED})")
        assert (lost, twice) == ([], [])
        stranger = new_id()
        assert lost_and_twice(state, [*accepted, stranger, accepted[0]]) == ([stranger], accepted[:1])
        assert len(accepted) > KILLS, "the devices hardly wrote anything"
        check_server(state)
        for client in campaign.clients:
            with open_device(client.folder) as device:
                check_device(state, device)
    verify(campaign)
    for log in (campaign.server.log(), *(client.log() for client in campaign.clients)):
        assert "Traceback" not in log and '"event": "bug"' not in log, log[-3000:]


def drain(campaign: Campaign) -> None:
    """Everybody may finish: one after the other sends what he has, then all fetch what the others sent."""
    campaign.server.start()
    try:
        for client in [*campaign.clients, *campaign.clients]:
            with open_device(client.folder) as device:
                sync(device)
                assert device.status.now.waiting == 0
    finally:
        campaign.server.kill()


def verify(campaign: Campaign) -> None:
    """The operator's own check of the audit log, after all those kills."""
    command = [sys.executable, "-m", "server", "audit-verify"]
    environment = os.environ | campaign.server.environment
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert told.returncode == 0, told.stderr.decode(errors="replace")
