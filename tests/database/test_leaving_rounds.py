"""A revoked device's rounds: whatever is lost or killed on the way, all of it comes into quarantine, and once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.devices.commands import RevokeDevice
from core.errors import DomainError, NotAllowed
from core.journals.commands import ReleaseQuarantine
from core.journals.held import carry_out
from core.wire.sealing import seal_blob
from tests.database.test_sync_submit import Site, network
from tests.factories.devices import Kiosk
from tests.fakes.transport import Fault, Killed

PHOTO = seal_blob(b"a photo")
ANSWERED = [f"{what} {when}" for what in ("time", "push", "put_blob", "leave") for when in ("asked", "done")]
POINTS = [*ANSWERED, "scopes asked"]
"""Of scopes it is told that it is revoked: that has no answer."""
QUARANTINED = "SELECT count(*), count(DISTINCT id) FROM journal_entry WHERE status = 'quarantined'"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def revoked(site: Site) -> Kiosk:
    """A kiosk that wrote a start with a photo while nobody answered, and was revoked meanwhile."""
    kiosk = site.kiosk()
    network(kiosk).down = True
    kiosk.start(site.project, site.person, blobs=[PHOTO.box])
    network(kiosk).down = False
    site.office(RevokeDevice(agency_id=site.world.agency, device_id=kiosk.device_id))
    return kiosk


def rounds(site: Site, kiosk: Kiosk, count: int = 3) -> None:
    """So many rounds, hours apart; each ends with the server's word or with trouble on the way."""
    for _round in range(count):
        with pytest.raises(DomainError):
            kiosk.engine.round()
        site.server.durable = dict(site.server.blobs)
        site.later(hours=2)


@pytest.mark.rule("D-1")
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_anywhere_delays_it_only(site: Site, point: str) -> None:
    """The journal is uploaded into quarantine and then wiped; nothing is deleted before it is durable."""
    kiosk = revoked(site)
    reached: list[str] = []

    def watch(what: str) -> None:
        reached.append(what)
        if what == point and reached.count(what) == 1:
            raise Killed

    network(kiosk).watch = watch
    with pytest.raises(Killed):
        kiosk.engine.round()
    assert not kiosk.status.now.left
    kiosk.restart()
    rounds(site, kiosk)
    assert kiosk.status.now.left and kiosk.outbox.waiting() == []
    assert site.rows(QUARANTINED) == [(1, 1)] and site.rows("SELECT count(*) FROM fact") == [(0,)]
    assert PHOTO.digest in site.server.blobs


@pytest.mark.rule("D-1")
@given(faults=st.lists(st.sampled_from(("none", "lose request", "lose answer", "twice")), max_size=12))
@settings(max_examples=25)
def test_a_bad_network_loses_nothing_and_counts_nothing_twice(
    tmp_path_factory: pytest.TempPathFactory, faults: list[Fault]
) -> None:
    """A manager releases what is in quarantine: then each of it counts once."""
    site = Site(tmp_path_factory.mktemp("site"))
    try:
        kiosk = revoked(site)
        network(kiosk).faults = iter(faults)
        rounds(site, kiosk, len(faults) + 3)
        assert kiosk.status.now.left
        assert site.rows(QUARANTINED) == [(1, 1)]
        site.office(ReleaseQuarantine(agency_id=site.world.agency, device_id=kiosk.device_id, entries=1))
        assert (carry_out(site.server.bus), carry_out(site.server.bus)) == (1, 0)
        assert site.rows("SELECT count(*) FROM fact") == [(1,)]
    finally:
        site.close()


@pytest.mark.rule("D-1")
def test_a_server_without_backups_lets_nothing_go(site: Site) -> None:
    """Nothing is deleted before it is durable."""
    site.server.backed_up = False
    kiosk = revoked(site)
    rounds(site, kiosk)
    assert not kiosk.status.now.left and site.rows(QUARANTINED) == [(1, 1)]
    with pytest.raises(NotAllowed):
        kiosk.engine.round()


@pytest.mark.rule("D-1")
def test_a_server_restored_to_before_is_brought_everything_again(site: Site, tmp_path: Path) -> None:
    """The journal is uploaded into quarantine, as long as the device has it."""
    kiosk = revoked(site)
    backup = tmp_path / "backup.db"
    site.server.copy_to(backup)
    site.server.backed_up = False
    rounds(site, kiosk)
    site.server.restore(backup)
    assert site.rows(QUARANTINED) == [(0, 0)]
    site.server.backed_up = True
    rounds(site, kiosk)
    assert kiosk.status.now.left and site.rows(QUARANTINED) == [(1, 1)]
