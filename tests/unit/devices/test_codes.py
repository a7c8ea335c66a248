"""A pairing code is typed by people, and kept as a hash."""

import msgspec
import pytest

from core.devices.commands import PairDevice
from core.devices.handlers import code_hash
from tests.factories.samples import sample


@pytest.mark.rule("D-1")
def test_spaces_and_dashes_do_not_count() -> None:
    """Pairing code once."""
    assert code_hash("1234-5678") == code_hash("1234 5678") == code_hash("12345678") != code_hash("12345679")
    assert "1234" not in code_hash("1234-5678")


@pytest.mark.parametrize("key", ["zz" * 32, "ab" * 31, "ab" * 33, ""])
def test_a_key_is_64_hex_digits(key: str) -> None:
    body = msgspec.to_builtins(sample(PairDevice)) | {"public_key": key}
    with pytest.raises(msgspec.ValidationError, match="public_key"):
        msgspec.convert(body, PairDevice)
