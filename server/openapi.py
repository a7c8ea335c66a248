"""The API's document: what FastAPI knows, the wire's messages, and the problems that really are sent."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from core.wire.push import (
    BlobAnswer,
    ChangePage,
    ChangesAnswer,
    ChangesRequest,
    PushAnswer,
    PushRequest,
    ScopesAnswer,
    TimeAnswer,
)
from server.errors import Problem
from server.schema import components

_MESSAGES = (
    PushRequest,
    PushAnswer,
    ChangePage,
    ChangesRequest,
    ChangesAnswer,
    ScopesAnswer,
    TimeAnswer,
    BlobAnswer,
    Problem,
)
_PROBLEM = {"$ref": "#/components/responses/Problem"}
_NEVER_SENT = ("HTTPValidationError", "ValidationError")
"""FastAPI's own errors of form: ours go by the one translator like all others."""


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title="zhiye", version=app.version, routes=app.routes)
        shared = made.setdefault("components", {})
        schemas = shared.setdefault("schemas", {})
        schemas.update(components(_MESSAGES))
        for name in _NEVER_SENT:
            schemas.pop(name, None)
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        shared["responses"] = {"Problem": {"description": (Problem.__doc__ or ""), "content": content}}
        for path in made["paths"].values():
            for method, operation in path.items():
                _tell_problems(method, operation)
        app.openapi_schema = made
    return app.openapi_schema


def _tell_problems(method: str, operation: dict[str, Any]) -> None:
    """Who is not known, who may not, what a rule refuses, who tries too often; everything else is the default."""
    statuses = {status for status in operation["responses"] if status >= "400"}
    if "security" in operation:
        statuses |= {"401", "403"}
    if method == "post":
        statuses |= {"409", "429"}
    operation["responses"] |= dict.fromkeys((*sorted(statuses), "default"), _PROBLEM)
