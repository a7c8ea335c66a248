"""The composition root: settings, database, keys and tools are put together here, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager

from anyio import CancelScope
from fastapi import APIRouter, FastAPI
from sqlalchemy import inspect

from core.attachments.folder_store import FolderStore
from core.bus import Bus
from core.clock import Clock, SystemClock, ms_of
from core.db.changes import head
from core.db.engine import server_engine
from core.db.store import Store
from core.db.vault import Vault
from core.devices.handlers import is_demo
from core.devices.models import ServerProperty
from core.errors import NotHere
from core.journals import held
from server import erasures as erasing
from server import errors, jobs, keys, upgrading
from server.api import (
    auth,
    blobs,
    changes,
    commands,
    devices,
    erasures,
    health,
    invitations,
    portraits,
    presence,
    quarantine,
    records,
)
from server.api import journals as journals_api
from server.backup import postgres
from server.incidents import Incidents, keep_going
from server.lanes import Lanes
from server.limits import BodyLimits, SecureHeaders
from server.logs import RequestLog, configure
from server.ministry import registry_of
from server.openapi import document
from server.pages import feedback as feedback_page
from server.pages import front, inbox, invitation
from server.portraits import PortraitChecker, PortraitCheckers
from server.presence import Presence
from server.settings import Settings
from server.state import State
from server.templates import TemplateKeeper
from server.throttle import Throttle
from server.waiting import HeadWatch

PREFIX = "/api/v1"
_API = (
    auth,
    commands,
    devices,
    journals_api,
    changes,
    blobs,
    records,
    portraits,
    presence,
    quarantine,
    invitations,
    erasures,
    health,
)
PAGES = (front, invitation, inbox, feedback_page)


def open_store(settings: Settings, clock: Clock, *, may_make: bool = True) -> tuple[Store, keys.ServerKeys]:
    """The database with its tables and the keys that belong to it; both are made on the first start, if they may be."""
    store = Store(server_engine(settings.database), clock, database_clock=settings.database_clock)
    with ExitStack() as undo:
        undo.callback(store.close)
        postgres.require_no_mark(store.engine)
        if may_make:
            _make_room(settings, store)
            upgrading.bring_up(store.engine)
        else:
            require_database(settings, store)
            upgrading.require_current(store.engine)
        secrets = keys.open_keys(settings.keys, may_make=not keys.knows_keys(store))
        keys.bind(store, secrets)
        undo.pop_all()
    return store, secrets


def _make_room(settings: Settings, store: Store) -> None:
    """The folder, and in it a file for its owner alone before SQLite makes one for everybody."""
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    file = store.file
    if file is not None:
        file.touch(mode=0o600)


def require_database(settings: Settings, store: Store) -> None:
    """Raises where no server was begun: a mistyped folder is not to look like an empty server."""
    file = store.file
    there = file is None or file.is_file()
    if there and inspect(store.engine).has_table(ServerProperty.__tablename__) and keys.knows_keys(store):
        return
    hint = "请检查 ZHIYE_DATA_FOLDER（和 ZHIYE_DATABASE_URL）；新服务器请先运行 init。什么也没有建立"
    raise NotHere("server.no_database", f"这里没有数据库：{settings.data_folder}", hint)


def make_state(
    settings: Settings,
    clock: Clock,
    portraits: Callable[[], PortraitChecker] | None = None,
    *,
    may_make: bool = True,
) -> State:
    """All parts of a server; ``portraits`` opens the face models at the first portrait.

    Raises ``NotHere`` where there is no database and none may be made.
    """
    store, secrets = open_store(settings, clock, may_make=may_make)
    vault = Vault(secrets.master)

    def read_head() -> int:
        with store.reading() as db:
            return head(db.connection())[0]

    with store.reading() as db:
        demo = is_demo(db)
    made = State(
        settings=settings,
        store=store,
        bus=Bus(store, vault=vault),
        vault=vault,
        keys=secrets,
        blobs=FolderStore(settings.blobs, settings.backup_folder),
        portraits=PortraitCheckers(portraits),
        registry=registry_of(settings, store, vault),
        watch=HeadWatch(read_head),
        pairing=Throttle(10, 15 * 60_000),
        presence=Presence(),
        lanes=Lanes(),
        demo=demo,
    )
    erasing.carry_out_list(made)
    erasing.keep_up(made)
    return made


def make_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    portraits: Callable[[], PortraitChecker] | None = None,
) -> FastAPI:
    """The whole application; a test gives it a clock, the command line a face engine."""
    configure()
    used = clock or SystemClock()
    state = make_state(settings, used, portraits)
    held.carry_out(state.bus)
    state.blobs.sweep(ms_of(used.now()))
    app = FastAPI(
        title="zhiye", version="1", lifespan=_lifespan, docs_url=None, redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
    )  # fmt: skip
    app.state.zhiye = state
    api = APIRouter(prefix=PREFIX)
    for module in _API:
        api.include_router(module.router)
    app.include_router(api)
    for module in PAGES:
        app.include_router(module.router)
    errors.install(app)
    app.add_middleware(Incidents)
    app.add_middleware(BodyLimits)
    app.add_middleware(SecureHeaders, https=settings.secure)
    app.add_middleware(RequestLog, clock=used)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app


LETS_GO_S = 5.0
"""For so long a stopping server waits for its own tasks."""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Runs the three tasks of the server beside its requests, and closes the database once they let go of it."""
    state: State = app.state.zhiye
    state.lanes.narrow()
    works = (
        keep_going("watch", state.watch.run),
        keep_going("jobs", lambda: jobs.run(state.bus, lambda: erasing.keep_up(state))),
        keep_going("templates", lambda: jobs.keep_templates(TemplateKeeper(state).keep_up)),
    )
    scopes = [CancelScope() for _ in works]
    tasks = [asyncio.create_task(_within(*pair)) for pair in zip(scopes, works, strict=True)]
    try:
        yield
    finally:
        for scope in scopes:
            scope.cancel()  # what a thread has begun in the database is waited for, but not for ever
        await asyncio.wait(tasks, timeout=LETS_GO_S)
        state.store.close()


async def _within(scope: CancelScope, work: Awaitable[None]) -> None:
    """One task until it is cancelled: so that what a thread has begun for it is waited for."""
    with scope:
        await work
