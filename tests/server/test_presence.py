"""When devices were last heard of, and how much waits on them: what an office sees of its kiosks."""

import pytest
from anyio import to_thread

from core.clock import ms_of
from core.devices.models import DeviceContact
from core.ids import new_id
from server.presence import EVERY_MS, NEWS_MS, Presence
from tests.factories.web import Paired, Web
from tests.factories.world import World


def listed(web: Web, headers: dict[str, str], agency: str) -> dict[str, tuple[int, int]]:
    answer = web.client.get(f"/api/v1/agencies/{agency}/devices", headers=headers)
    assert answer.status_code == 200, answer.text
    return {one["device_id"]: (one["seen_ms"], one["waiting"]) for one in answer.json()}


@pytest.mark.rule("D-1")
def test_a_managers_list_has_each_devices_last_word(
    web: Web, world: World, kiosk: Paired, office: dict[str, str]
) -> None:
    """A device belongs to one agency: its managers see when it was last heard of, and how much waited on it."""
    web.clock.advance(minutes=20)
    assert web.client.get("/api/v1/scopes?waiting=7", headers=kiosk.headers).status_code == 200
    assert listed(web, office, world.agency)[kiosk.id] == (ms_of(web.clock.now()), 7)
    web.clock.advance(minutes=10)
    assert web.client.get("/api/v1/scopes", headers=kiosk.headers).status_code == 200
    assert listed(web, office, world.agency)[kiosk.id][1] == 7, "an older program says nothing"


@pytest.mark.rule("A-3", "D-1")
def test_nobody_else_sees_it(web: Web, kiosk: Paired, office: dict[str, str]) -> None:
    """Rights come from facts of employment and project."""
    elsewhere = web.client.get(f"/api/v1/agencies/{new_id()}/devices", headers=office)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "not-allowed")
    assert web.client.get(f"/api/v1/agencies/{new_id()}/devices", headers=kiosk.headers).status_code == 401


def test_a_word_without_news_is_written_once_a_minute(web: Web, kiosk: Paired) -> None:
    presence, store = Presence(), web.state.store
    written: list[int] = []

    def noted(at_ms: int, waiting: int) -> int:
        presence.note(store, kiosk.id, at_ms, waiting)
        with store.reading() as db:
            row = db.get(DeviceContact, kiosk.id)
            assert row is not None
            return row.seen_ms

    first = 10**12
    news, later = first + NEWS_MS, first + NEWS_MS + EVERY_MS
    written = [
        noted(first, 0),
        noted(first + 1, 3),
        noted(news, 3),
        noted(news + NEWS_MS, 3),
        noted(later, 3),
    ]
    assert written == [first, first, news, news, later]


def test_a_full_lane_of_looking_holds_no_entry_up(web: Web, kiosk: Paired) -> None:
    """Eight requests that take long are all that looks at once: what people did is taken in beside them."""
    with web.client:

        async def fill() -> int:
            limiter = to_thread.current_default_thread_limiter()
            for _ in range(int(limiter.total_tokens)):
                await limiter.acquire_on_behalf_of(object())
            return int(limiter.available_tokens)

        assert web.client.portal is not None
        assert web.client.portal.call(fill) == 0
        told = web.client.post(f"/api/v1/journals/{new_id()}/entries", headers=kiosk.headers, content=b"{}")
        assert (told.status_code, told.json()["code"]) == (422, "body")
