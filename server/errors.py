"""ONE translator from trouble to HTTP: problem+json for programs, a friendly page for people, never a stack trace."""

from typing import TypedDict

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from core.disk import FULL, is_full
from core.errors import (
    BadInput,
    Conflict,
    DomainError,
    Fault,
    NotAllowed,
    NotHere,
    Refused,
    Unreachable,
)
from server.identity import tokens_in
from server.pages.view import error_page
from server.state import state_of

FAMILIES: tuple[tuple[type[DomainError], str, int], ...] = (
    (Refused, "refused", 409),
    (NotAllowed, "not-allowed", 403),
    (NotHere, "not-here", 404),
    (BadInput, "bad-input", 422),
    (Conflict, "conflict", 409),
    (Unreachable, "unreachable", 503),
)
"""Every family of errors with its name on the wire and its HTTP status."""

STATUS_OF_CODE = {
    "accounts.wrong": 401,
    "accounts.login_over": 401,
    "contacts.access_over": 401,
    "devices.session_over": 401,
    "identity.missing": 401,
    "accounts.busy": 429,
    "accounts.wait": 429,
    "devices.wait": 429,
    "too-large": 413,
    FULL: 507,
}
"""Codes whose status says more than that of their family."""

NO_WAY = "contacts.access_over"
"""Who was just told that his access is over is not sent back to the page that told him."""

UNKEEPABLE = (DataError, OverflowError, UnicodeEncodeError)
"""What databases say of numbers and characters that they cannot keep, where no type has refused them before."""

_HTTP = {
    404: ("not-found", "没有这个页面", "请检查地址，或从消息里的链接进入"),
    405: ("method", "不支持这种操作方式", "请返回上一页重新操作"),
    413: ("too-large", "提交的内容过大", "请减少内容或压缩图片后再提交"),
}
_LATER = {"Retry-After": "30"}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: _LATER, 507: _LATER}
_KINDS = {
    "missing": "缺少必填内容",
    "extra_forbidden": "无法识别的内容",
    "json_invalid": "内容不是有效的 JSON",
    "string_too_long": "内容过长",
    "string_too_short": "内容过短",
}
log = structlog.get_logger()


class FaultSeen(TypedDict):
    """One thing that is wrong: where, and why."""

    field: str
    sentence: str


class Problem(TypedDict):
    """The body of RFC 9457: a sentence and a hint for people, a code and the rule for programs, every fault at once."""

    type: str
    title: str
    detail: str
    status: int
    code: str
    rule: str | None
    faults: list[FaultSeen]


def problem_of(error: DomainError) -> Problem:
    """What is told of an error of the family."""
    family, status = next((name, status) for kind, name, status in FAMILIES if isinstance(error, kind))
    return {
        "type": f"urn:zhiye:{family}",
        "title": error.sentence,
        "detail": error.hint,
        "status": STATUS_OF_CODE.get(error.code, status),
        "code": error.code,
        "rule": error.rule,
        "faults": [{"field": fault.field, "sentence": fault.sentence} for fault in error.faults],
    }


def unruly(family: str, code: str, title: str, hint: str, status: int) -> Problem:
    """Trouble that no rule and no error of the family stands behind."""
    return {
        "type": f"urn:zhiye:{family}",
        "title": title,
        "detail": hint,
        "status": status,
        "code": code,
        "rule": None,
        "faults": [],
    }


def answer(request: Request, problem: Problem) -> Response:
    """The problem as the caller can read it: programs ask below /api, people look at pages."""
    if request.url.path.startswith("/api/"):
        headers = _HEADERS.get(problem["status"])
        media = "application/problem+json"
        return JSONResponse(problem, problem["status"], headers=headers, media_type=media)
    here, way = state_of(request), problem["code"] != NO_WAY and bool(tokens_in(request))
    return error_page(here, problem["title"], problem["detail"], problem["status"], way=way)


def install(app: FastAPI) -> None:
    """Ties the translator to the application; its parts take no thread, so that a refusal waits for nobody."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _form)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _database)
    app.add_exception_handler(PoolTimeout, _database)
    app.add_exception_handler(OSError, _system)
    for kind in UNKEEPABLE:
        app.add_exception_handler(kind, _unkeepable)


async def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - Starlette hands over what was registered
    return answer(request, problem_of(error))


async def _form(request: Request, error: Exception) -> Response:
    """A body that the API does not expect: every field at once, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = tuple(
        Fault(".".join(map(str, one["loc"][1:])) or "body", _KINDS.get(one["type"], "格式不正确"))
        for one in error.errors()
    )
    sentence = "提交的内容格式不正确：" + "；".join(f"{fault.field} {fault.sentence}" for fault in faults[:5])
    return answer(request, problem_of(BadInput("body", sentence, faults=faults)))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code, title, hint = _HTTP.get(error.status_code, ("http", "请求无法处理", "请返回上一页重新操作"))
    return answer(request, unruly("http", code, title, hint, error.status_code))


async def _database(request: Request, error: Exception) -> Response:
    """The database does not answer: nothing was done, so the same command may come again."""
    if is_full(error):
        return _full(request)
    log.error("database_unreachable", kind=type(error).__name__)
    trouble = Unreachable("database", "服务器暂时无法处理", "请稍后重试；已填写的内容没有丢失")
    return answer(request, problem_of(trouble))


async def _system(request: Request, error: Exception) -> Response:
    """A full disk is known trouble; what else the system does not give is a bug until somebody knows better."""
    if is_full(error):
        return _full(request)
    raise error


def _full(request: Request) -> Response:
    """Nothing of the request was kept, and everything that was answered before is."""
    log.error("disk_full")
    hint = (
        "这次提交没有写入，已有的数据没有丢失；请管理员清理服务器磁盘，之后设备会自动再次上传，页面请稍后重试"
    )
    return answer(request, problem_of(Unreachable(FULL, "服务器磁盘空间不足，暂时不能保存", hint)))


async def _unkeepable(request: Request, error: Exception) -> Response:
    """Something was sent that no database could keep: half a character, a zero byte, a number beyond all use."""
    log.info("unkeepable", exc_info=error)
    return answer(request, problem_of(BadInput("body", "内容里有无法保存的字符或数字", "请改正后重新提交")))
