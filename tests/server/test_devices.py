"""Pairing and sessions of devices, and the server's signed time."""

import pytest

from core.clock import ms_of
from core.devices.codes import code_hash
from core.devices.models import DeviceContact, ServerProperty
from core.ids import new_id
from core.wire.sessions import sign_session
from core.wire.signing import anchor_is_signed, new_key_pair
from tests.factories.web import Paired, TestClient, Web, pairing
from tests.factories.world import World


def make_code(web: Web, office: dict[str, str], agency: str, code: str, kind: str = "kiosk") -> None:
    made = web.command(office, "devices.code", agency_id=agency, kind=kind, code_hash=code_hash(code))
    assert made.status_code == 200, made.text


@pytest.mark.rule("D-1")
def test_a_code_admits_one_device_and_tells_it_the_servers_keys(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """A device belongs to one agency, has its own key pair, is admitted by a manager."""
    make_code(web, office, world.agency, "ABCD-2345")
    asked = pairing("abcd 2345".upper(), new_id(), new_key_pair())
    answer = web.client.post("/api/v1/devices/pair", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "device_id": asked["device_id"],
        "agency_id": world.agency,
        "sign_public": web.state.keys.sign_public.hex(),
        "box_public": web.state.keys.box_public.hex(),
    }
    assert web.client.post("/api/v1/devices/pair", json=asked).json() == answer.json()
    again = web.client.post("/api/v1/devices/pair", json=pairing("ABCD2345", new_id(), new_key_pair()))
    assert (again.status_code, again.json()["title"]) == (409, "该配对码已被使用")


@pytest.mark.rule("D-1")
def test_a_wrong_code_is_counted_and_an_old_one_has_expired(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """Codes can't be guessed, and do not hold for ever; who guesses keeps no other agency from pairing."""
    make_code(web, office, world.agency, "ABCD2345")
    web.clock.advance(minutes=31)

    def tried(code: str) -> tuple[int, str]:
        answer = web.client.post("/api/v1/devices/pair", json=pairing(code, new_id(), new_key_pair()))
        return answer.status_code, answer.json()["code"]

    assert tried("ABCD2345") == (409, "devices.code_expired")
    assert [tried(f"WRONG{i:03}") for i in range(10)] == [(409, "devices.code_wrong")] * 10
    make_code(web, office, world.agency, "EFGH2345")
    seq = web.client.get("/api/v1/health").json()["seq"]
    assert tried("EFGH2345") == (429, "devices.wait")
    assert web.client.get("/api/v1/health").json()["seq"] == seq, "and nobody is woken"
    make_code(web, office, world.agency, "JKLM2345")
    elsewhere = TestClient(web.app, client=("203.0.113.7", 1))
    admitted = elsewhere.post("/api/v1/devices/pair", json=pairing("JKLM2345", new_id(), new_key_pair()))
    assert admitted.status_code == 200
    web.clock.advance(minutes=16)
    answer = web.client.post("/api/v1/devices/pair", json=pairing("EFGH2345", new_id(), new_key_pair()))
    assert answer.status_code == 200


@pytest.mark.rule("D-1")
def test_only_the_holder_of_the_key_gets_a_session(web: Web, world: World, kiosk: Paired) -> None:
    """A device has its own key pair; a nonce that is old, changed, or of another server opens nothing."""

    def opened(device: str, nonce: str, signature: str) -> int:
        asked = {"device_id": device, "nonce": nonce, "signature": signature}
        return web.client.post("/api/v1/devices/session", json=asked).status_code

    public = web.state.keys.sign_public
    nonce = web.client.post("/api/v1/devices/nonce").json()["nonce"]
    right = sign_session(kiosk.keys.seed, public, kiosk.id, nonce)
    assert opened(kiosk.id, nonce, sign_session(new_key_pair().seed, public, kiosk.id, nonce)) == 403
    assert opened(new_id(), nonce, right) == 403
    assert opened(kiosk.id, nonce, sign_session(kiosk.keys.seed, bytes(32), kiosk.id, nonce)) == 403
    assert opened(kiosk.id, nonce, "no hex") == 403
    assert opened(kiosk.id, "1.2.3", right) == 403
    assert opened(kiosk.id, nonce, right) == 200
    web.clock.advance(minutes=3)
    assert opened(kiosk.id, nonce, right) == 403


@pytest.mark.rule("D-1")
def test_a_session_ends_and_a_revoked_device_gets_nothing(
    web: Web, world: World, office: dict[str, str], kiosk: Paired
) -> None:
    """A device can be revoked: at once."""
    assert web.client.get("/api/v1/scopes", headers=kiosk.headers).status_code == 200
    web.clock.advance(minutes=61)
    over = web.client.get("/api/v1/scopes", headers=kiosk.headers)
    assert (over.status_code, over.json()["code"]) == (401, "devices.session_over")
    fresh = web.session(kiosk.id, kiosk.keys)
    assert (
        web.command(office, "devices.revoke", agency_id=world.agency, device_id=kiosk.id).status_code == 200
    )
    refused = web.client.get("/api/v1/scopes", headers=fresh)
    assert (refused.status_code, refused.json()["title"]) == (403, "本设备已停用")


@pytest.mark.rule("S-3")
def test_a_still_picture_kiosk_is_admitted_only_where_the_demo_made_the_server(
    web: Web, world: World, office: dict[str, str]
) -> None:
    """Live, at the device."""
    make_code(web, office, world.agency, "ABCD2345")
    asked = pairing("ABCD2345", new_id(), new_key_pair()) | {"still_for_live": True}
    assert web.client.post("/api/v1/devices/pair", json=asked).json()["code"] == "devices.still"
    with web.state.store.writing() as db:
        db.add(ServerProperty(name="demo", value="yes"))
    assert web.client.post("/api/v1/devices/pair", json=asked).status_code == 200


def test_a_session_notes_when_the_device_was_heard_of(web: Web, kiosk: Paired) -> None:
    with web.state.store.reading() as db:
        row = db.get_one(DeviceContact, kiosk.id)
    assert (row.seen_ms, row.waiting) == (ms_of(web.clock.now()), 0)


@pytest.mark.rule("S-11")
def test_the_servers_time_is_signed_over_the_nonce(web: Web, kiosk: Paired) -> None:
    """A device reports signed server anchors."""
    answer = web.client.get("/api/v1/time", params={"nonce": "n" * 32}, headers=kiosk.headers).json()
    assert answer["server_ms"] == ms_of(web.clock.now())
    public = web.state.keys.sign_public
    assert anchor_is_signed(public, "n" * 32, answer["server_ms"], answer["audit_head"], answer["signature"])
