"""Answers of a server as our own errors."""

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import BadInput, Conflict, DomainError, NotAllowed, NotHere, Refused, Unreachable
from core.wire.push import ScopesAnswer
from sync.errors import Offline, ProtocolError
from sync.web import checked, decoded, problem_of

_FAMILIES = [
    ("refused", 409, Refused),
    ("not-allowed", 403, NotAllowed),
    ("not-here", 404, NotHere),
    ("bad-input", 422, BadInput),
    ("conflict", 409, Conflict),
    ("unreachable", 503, Unreachable),
    ("bug", 500, Unreachable),
    ("something-newer", 418, ProtocolError),
]


def answer(status: int, body: bytes, kind: str | None = None) -> requests.Response:
    """An answer as the library gives it."""
    made = requests.Response()
    made.status_code = status
    if kind is not None:
        made.headers["Content-Type"] = kind
    made._content = body
    return made


@pytest.mark.parametrize(("family", "status", "kind"), _FAMILIES)
def test_a_problem_comes_back_as_its_family(family: str, status: int, kind: type[DomainError]) -> None:
    body = (
        f'{{"type":"urn:zhiye:{family}","title":"不行","detail":"请改","code":"x.y","rule":"S-2","newer":1}}'
    )
    found = problem_of(answer(status, body.encode()))
    assert type(found) is kind
    assert (found.code, found.sentence, found.hint) == ("x.y", "不行", "请改")


def test_a_rule_and_faults_come_along() -> None:
    body = (
        '{"type":"urn:zhiye:refused","title":"不行","detail":"请改","code":"x","rule":"J-2",'
        '"faults":[{"field":"name","sentence":"缺少"}]}'
    )
    found = problem_of(answer(409, body.encode()))
    assert found.rule == "J-2"
    assert [tuple(fault) for fault in found.faults] == [("name", "缺少")]


def test_what_is_not_of_our_server_is_trouble_on_the_way() -> None:
    assert isinstance(problem_of(answer(502, b"<html>bad gateway")), Unreachable)


@pytest.mark.parametrize(("status", "kind"), [(401, NotAllowed), (403, NotAllowed), (404, NotHere)])
def test_an_answer_to_head_has_its_status_only(status: int, kind: type[DomainError]) -> None:
    assert isinstance(problem_of(answer(status, b"")), kind)


_KINDS = [
    None,
    "application/json",
    "application/problem+json",
    "text/html",
    "text/html; charset=gbk",
    "text/plain",
]
_BODIES = st.binary(max_size=40) | st.sampled_from(
    [b"<html>log in", b'{"scopes":[]}', b'{"type":3}', b"[]", b"null"]
)


@given(status=st.integers(200, 599), body=_BODIES, kind=st.sampled_from(_KINDS))
@example(status=200, body=b"<html>log in", kind=None)
@example(status=511, body=b"<html>log in", kind="text/html")
def test_whatever_a_network_answers_is_our_message_or_known_trouble(
    status: int, body: bytes, kind: str | None
) -> None:
    """A page, or being sent on, is the network's doing: that is said, and nobody is told to upgrade or is let in."""
    page = status < 400 and (
        (kind is not None and "html" in kind) or (kind is None and body.startswith(b"<"))
    )
    try:
        found = decoded(checked(answer(status, body, kind)), ScopesAnswer)
    except DomainError as error:
        sent_on = 300 <= status < 400 or status == 511
        assert (error.code == "server-page") == (page or sent_on)
        assert error.code != "server-page" or (isinstance(error, Offline) and "登录" in error.hint)
    else:
        assert status < 300 and not page and isinstance(found, ScopesAnswer)
