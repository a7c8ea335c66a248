"""Who is calling: an account by its bearer token, a device by its session, a contact by his cookie."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from core.accounts.logins import account_of
from core.contacts import queries as contacts
from core.contacts.models import Contact
from core.context import Actor
from core.devices.models import Device
from core.errors import NotAllowed
from server import sessions
from server.state import Here, State, state_of

COOKIE = "zhiye_contact"
MOST_CONTACTS = 8
"""A browser may belong to the contact of several projects: its cookie holds a token for each."""


@dataclass(frozen=True, slots=True)
class AccountCaller:
    """Somebody who logged in."""

    account_id: str
    person_id: str | None
    login: str
    administrator: bool
    token: str

    @property
    def actor(self) -> Actor:
        """The account as the bus knows it."""
        return Actor("account", self.account_id)


_ACCOUNT = HTTPBearer(
    scheme_name="account", description="The token of a login (POST /api/v1/login).", auto_error=False
)
_DEVICE = HTTPBearer(
    scheme_name="device",
    description="The token of a session (POST /api/v1/devices/session).",
    auto_error=False,
)
Said = HTTPAuthorizationCredentials | None


def _token(said: Said) -> str:
    if said is None:
        raise NotAllowed("identity.missing", "请先登录", "请登录后再操作")
    return said.credentials


def account(here: Here, said: Annotated[Said, Depends(_ACCOUNT)]) -> AccountCaller:
    """The account whose token the request carries (A-4), on a device that is still admitted (D-1)."""
    token = _token(said)
    with here.store.reading() as db:
        row, device_id = account_of(db, here.store.now_ms(db), token)
        if device_id is not None:
            _admitted(db, device_id)
        return AccountCaller(row.id, row.person_id, row.login, row.administrator, token)


class KnownFirst(APIRoute):
    """A route whose body is read for an account only: what is large shall not be taken in for everybody."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Asks who is calling, and then does what every route does."""
        handle = super().get_route_handler()

        async def known(request: Request) -> Response:
            await run_in_threadpool(account, state_of(request), await _ACCOUNT(request))
            return await handle(request)

        return known


async def session(here: Here, said: Annotated[Said, Depends(_DEVICE)]) -> str:
    """A token that this server gave; whether it is over is asked with the device, by the database's clock."""
    token = _token(said)
    sessions.given(here.keys, token)
    return token


DeviceToken = Annotated[str, Depends(session)]
"""For requests that look the device up themselves, in the session in which they do their work."""


def device(here: Here, said: Annotated[Said, Depends(_DEVICE)]) -> Device:
    """The admitted device whose session the request carries (D-1)."""
    return device_by_token(here, _token(said))


def device_in(here: State, db: Session, token: str) -> Device:
    """The same in a session of the database that is open already."""
    return _admitted(db, sessions.device_of(here.keys, here.store.now_ms(db), token))


def leaving(here: Here, said: Annotated[Said, Depends(_DEVICE)]) -> Device:
    """The device of a session, also a revoked one: it may bring what it still has, and nothing else (D-1)."""
    return leaving_by_token(here, _token(said))


def leaving_by_token(here: State, token: str) -> Device:
    """The same for who has read the token."""
    with here.store.reading() as db:
        device_id = sessions.device_of(here.keys, here.store.now_ms(db), token)
        row = db.get(Device, device_id)
    if row is None:
        raise NotAllowed("devices.session", "设备身份验证未通过", "请重新配对本设备", rule="D-1")
    return row


def device_by_token(here: State, token: str) -> Device:
    """The admitted device of a session; a revoked one gets nothing any more (D-1)."""
    with here.store.reading() as db:
        return _admitted(db, sessions.device_of(here.keys, here.store.now_ms(db), token))


def _admitted(db: Session, device_id: str) -> Device:
    """The device, unless it was revoked: its sessions and the logins that were opened on it end with it (D-1)."""
    row = db.get(Device, device_id)
    if row is None or row.revoked_ms is not None:
        raise NotAllowed("devices.revoked", "本设备已停用", "请联系公司管理人员", rule="D-1")
    return row


def anybody_known(
    here: Here, said: Annotated[Said, Depends(_ACCOUNT)], _or: Annotated[Said, Depends(_DEVICE)]
) -> AccountCaller | Device:
    """Either of both: for what says nothing about anybody, such as that something changed."""
    known: Callable[[State, Said], AccountCaller | Device]
    known = device if _token(said).startswith(sessions.PREFIX) else account
    return known(here, said)


def contacts_of(request: Request, here: Here) -> list[Contact]:
    """The contacts whose browser this is, the latest first; raises ``NotAllowed`` when none is left (C-5)."""
    found = []
    with here.store.reading() as db:
        now_ms = here.store.now_ms(db)
        for token in tokens_in(request):
            # One project's access may be over while another's still holds.
            with suppress(NotAllowed):
                found.append(contacts.of_token(db, now_ms, token))
    if not found:
        raise NotAllowed(
            "contacts.access_over",
            "链接已失效",
            "已提交的评价仍然保留；请向项目负责人索取新的邀请二维码，或用登记时的浏览器打开",
            rule="C-5",
        )
    return found


def tokens_in(request: Request) -> list[str]:
    """The access tokens that the browser keeps."""
    return [token for token in request.cookies.get(COOKIE, "").split(".") if token][:MOST_CONTACTS]


AccountOf = Annotated[AccountCaller, Depends(account)]
DeviceOf = Annotated[Device, Depends(device)]
LeavingOf = Annotated[Device, Depends(leaving)]
KnownOf = Annotated[AccountCaller | Device, Depends(anybody_known)]
ContactsOf = Annotated[list[Contact], Depends(contacts_of)]
