"""A pairing code is typed by people, and kept as a hash."""

import msgspec
import pytest

from core.devices.codes import ALPHABET, code_hash, fresh_code
from core.devices.commands import PairDevice
from tests.factories.samples import sample


@pytest.mark.rule("D-1")
def test_spaces_and_dashes_do_not_count() -> None:
    """Pairing code once."""
    assert code_hash("1234-5678") == code_hash("1234 5678") == code_hash("12345678") != code_hash("12345679")
    assert code_hash("sfqy 5pfh") == code_hash("ＳＦＱＹ－５ＰＦＨ") == code_hash("SFQY-5PFH")
    assert "1234" not in code_hash("1234-5678")


def test_a_fresh_code_has_no_characters_that_look_alike() -> None:
    codes = {fresh_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code) == 9 and code[4] == "-" and set(code) <= {*ALPHABET, "-"}
    assert not set("01ILO") & set(ALPHABET)


@pytest.mark.parametrize("key", ["zz" * 32, "ab" * 31, "ab" * 33, ""])
def test_a_key_is_64_hex_digits(key: str) -> None:
    body = msgspec.to_builtins(sample(PairDevice)) | {"public_key": key}
    with pytest.raises(msgspec.ValidationError, match="public_key"):
        msgspec.convert(body, PairDevice)
