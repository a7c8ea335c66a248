"""The cookie by which a contact's browser comes back: given at registration, renewed whenever it is used (C-5)."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response

from core.contacts import access
from core.contacts.rules import ACCESS_MS
from server.identity import COOKIE, MOST_CONTACTS, tokens_in
from server.state import State


def let_in(answer: Response, here: State, tokens: Sequence[str]) -> None:
    """A cookie that scripts can't read and other sites can't send; one browser may hold several projects' contacts."""
    kept = list(dict.fromkeys(tokens))[:MOST_CONTACTS]
    answer.set_cookie(
        COOKIE,
        ".".join(kept),
        max_age=ACCESS_MS // 1000,
        path="/",
        httponly=True,
        samesite="lax",
        secure=here.settings.secure,
    )


def renewed(answer: Response, here: State, request: Request) -> Response:
    """Who keeps coming stays let in: without this a registration would end 30 days after it was made."""
    tokens = tokens_in(request)
    access.extend(here.store, tokens)
    let_in(answer, here, tokens)
    return answer
