"""One filled-in example of every registered command, made from its types, with ids that a test chooses."""

from typing import Any

import msgspec
from msgspec import inspect

from core.command import Command
from core.ids import new_id

_PLAIN: dict[type, Any] = {
    inspect.BytesType: b"bytes",
    inspect.BoolType: True,
    inspect.IntType: 1,
    inspect.FloatType: 31.0,
}


def sample(kind: type[Command], /, **known: Any) -> Command:
    """A command of this class; ``known`` gives fields by name wherever the class has them."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    values = {
        field.encode_name: known.get(field.name, _value(field.type, field.name)) for field in info.fields
    }
    return msgspec.convert(values, kind)


def _value(info: inspect.Type, name: str) -> Any:
    """Something of this type within its limits."""
    match info:
        case inspect.UnionType():
            return _value(info.types[0], name)
        case inspect.StructType():
            return {f.encode_name: _value(f.type, f.name) for f in info.fields}
        case inspect.LiteralType():
            return info.values[0]
        case inspect.StrType():
            return _text(info, name)
        case inspect.BytesType() | inspect.BoolType() | inspect.IntType() | inspect.FloatType():
            return _PLAIN[type(info)]
        case inspect.ListType():
            return [_value(info.item_type, name)]
        case inspect.DictType():
            return {"key": _value(info.value_type, name)}
    raise AssertionError(f"no sample for {info} of {name}")


def _text(info: inspect.StrType, name: str) -> str:
    if name.endswith("_id") or (info.pattern and "{8}" in info.pattern):
        return new_id()
    if info.pattern and "{4}-" in info.pattern:
        return "2026-03-03"
    if info.pattern:
        return "ab" * 32
    return "2026-03-02" if name in ("day", "starts_on", "ends_on") else "文字"
