"""Bodies whose form is a msgspec type: read strictly, and described in the OpenAPI document."""

from typing import Any, TypeVar

import msgspec
from fastapi import Request
from fastapi.responses import Response

from core.errors import BadInput

T = TypeVar("T")
_REF = "#/components/schemas/{name}"


async def raw_body(request: Request) -> bytes:
    """The body as it came; its size was limited on the way."""
    return await request.body()


def read(body: bytes, kind: type[T]) -> T:
    """The body as its type; raises ``BadInput`` that names the place."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        sentence = f"提交的内容格式不正确：{error}"
        raise BadInput("body", sentence, "请把程序升级到与服务器相同的版本") from error


def told(message: msgspec.Struct) -> Response:
    """A message as the answer."""
    return Response(msgspec.json.encode(message), media_type="application/json")


def takes(kind: type[Any]) -> dict[str, Any]:
    """What OpenAPI says about a body of this type."""
    content = {"application/json": {"schema": {"$ref": _REF.format(name=kind.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def gives(kind: type[Any]) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says about an answer of this type."""
    content = {"application/json": {"schema": {"$ref": _REF.format(name=kind.__name__)}}}
    return {200: {"description": (kind.__doc__ or "").split("\n", 1)[0], "content": content}}


def components(kinds: tuple[type[Any], ...]) -> dict[str, Any]:
    """The schemas of these types, for the document's components."""
    _, found = msgspec.json.schema_components(kinds, ref_template=_REF)
    return found
