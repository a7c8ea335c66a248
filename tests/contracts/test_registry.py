"""What a registration is promised of the register, asked of the mirror and of the client with a real service."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from core.clock import SystemClock
from core.context import Actor
from core.errors import Unreachable
from core.ids import new_id
from core.registry.commands import ImportRegistry
from core.registry.lookup import AgencyAnswer, Certified, PersonAnswer, Registry
from server import ministry
from server.app import make_state
from server.ministry import HttpRegistry
from server.settings import Settings
from tests.factories.listening import listening
from tests.factories.registry import AGENCIES, PEOPLE, as_csv, id_number, person
from tests.factories.world import valid_uscc

pytestmark = [pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.rule("G-2")]
TOKEN = "示例口令-1".encode().hex()
ROWS = [person(1), (*person(1)[:2], "一级注册消防工程师", "E1", "")]


@contextmanager
def mirrored(folder: Path) -> Iterator[Registry]:
    """The mirror of a new server, filled from files."""
    state = make_state(Settings(data_folder=folder), SystemClock(), may_make=True)
    files = {
        "people": as_csv(PEOPLE, ROWS),
        "agencies": as_csv(AGENCIES, [(valid_uscc(1), "示例消防", "消防安全评估")]),
    }
    for kind, content in files.items():
        command = ImportRegistry(kind=kind, file_name="a.csv", content=content)  # type: ignore[arg-type]
        state.bus.run(command, actor=Actor("job"), command_id=new_id())
    yield state.registry
    state.store.close()


def service() -> FastAPI:
    """A service in front of the register, as docs/OPERATIONS.md has it."""
    app = FastAPI()

    def state(known: tuple[str, str], number: str, name: str) -> str:
        return "unknown" if number != known[0] else "known" if name == known[1] else "other_name"

    @app.post("/v1/agency")
    async def agency(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({}, 401)
        asked = await request.json()
        assert set(asked) == {"uscc", "name"} and not request.url.query
        found = state((valid_uscc(1), "示例消防"), asked["uscc"], asked["name"])
        return JSONResponse({"state": found, "qualifications": ["消防安全评估", "其他"], "more": 1})

    @app.post("/v1/person")
    async def someone(request: Request) -> Response:
        asked = await request.json()
        assert set(asked) == {"id_number", "name"} and not request.url.query
        found = state((id_number(1), "人员1"), asked["id_number"], asked["name"])
        rows = [
            {"kind": "level_1_engineer", "number": "E1"},
            {"kind": "operator", "number": "C00000001", "until": "2027-05-31"},
            {"kind": "cook", "number": "1"},
        ]
        return JSONResponse({"state": found, "certificates": rows})

    return app


@pytest.fixture(params=["mirror", "http"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    if request.param == "mirror":
        with mirrored(tmp_path / "data") as mirror:
            yield mirror
        return
    with listening(service()) as url:
        client = HttpRegistry(f"{url}/v1/", TOKEN, SystemClock())
        yield client
        client.close()


def test_the_known_are_told_with_what_they_have(registry: Registry) -> None:
    assert registry.agency(f" {valid_uscc(1)} ", "示例消防") == AgencyAnswer("known", ("消防安全评估",))
    certificates = (
        Certified("level_1_engineer", "E1", None),
        Certified("operator", "C00000001", "2027-05-31"),
    )
    assert registry.person(id_number(1).lower(), "人员1") == PersonAnswer("known", certificates)


def test_of_others_nothing_but_their_state_is_told(registry: Registry) -> None:
    assert registry.agency(valid_uscc(1), "别的") == AgencyAnswer("other_name")
    assert registry.agency(valid_uscc(2), "示例消防") == AgencyAnswer("unknown")
    assert registry.person(id_number(1), "别人") == PersonAnswer("other_name")
    assert registry.person(id_number(2), "人员1") == PersonAnswer("unknown")


async def _slow(_request: Request) -> Response:
    await asyncio.sleep(0.9)
    return JSONResponse({"state": "known"})


async def _drip(_request: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" "
            await asyncio.sleep(0.1)

    return StreamingResponse(drops())


def _told(response: Callable[[], Response]) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return response()

    return answer


SILENCES = {
    "slow": _slow,
    "dripping": _drip,
    "broken": _told(lambda: JSONResponse({}, 500)),
    "forbidden": _told(lambda: JSONResponse({}, 403)),
    "elsewhere": _told(lambda: RedirectResponse("http://example.invalid/", 302)),
    "a page": _told(lambda: Response("<html>请登录</html>")),
    "another form": _told(lambda: JSONResponse({"state": "perhaps"})),
    "no day": _told(
        lambda: JSONResponse(
            {"state": "known", "certificates": [{"kind": "operator", "number": "1", "until": "soon"}]}
        )
    ),
    "no state": _told(lambda: JSONResponse({})),
    "endless": _told(lambda: Response(b'{"state":"known","x":"' + b"x" * 300_000 + b'"}')),
}


@pytest.mark.expect_log("registry_unreachable")
@pytest.mark.parametrize("silence", SILENCES)
def test_every_kind_of_silence_is_no_answer(silence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it can't be reached the application is kept as 待核验: never waved through, never lost."""
    monkeypatch.setattr(ministry, "ANSWER_S", 0.4)
    app = FastAPI()
    app.add_api_route("/person", SILENCES[silence], methods=["POST"], response_model=None)
    with (
        listening(app) as url,
        closing(HttpRegistry(url, "", SystemClock())) as asked,
        pytest.raises(Unreachable, match="暂时无法访问"),
    ):
        asked.person(id_number(1), "人员1")


@pytest.mark.expect_log("registry_unreachable")
@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://[", "ftp://127.0.0.1", "nonsense"])
def test_nobody_there_is_no_answer(url: str) -> None:
    with closing(HttpRegistry(url, "", SystemClock())) as asked, pytest.raises(Unreachable):
        asked.agency(valid_uscc(1), "示例消防")
