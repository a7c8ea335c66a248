"""Answers of a server as our own errors."""

import pytest
import requests

from core.errors import BadInput, Conflict, DomainError, NotAllowed, NotHere, Refused, Unreachable
from sync.errors import ProtocolError
from sync.web import problem_of

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


def answer(status: int, body: bytes) -> requests.Response:
    """An answer as the library gives it."""
    made = requests.Response()
    made.status_code = status
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
