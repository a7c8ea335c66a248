"""The server's secrets: made once, for their owner alone, and tied to the database."""

import os
from pathlib import Path

import pytest

from core.errors import BadInput
from server.keys import ServerKeys, open_keys


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    made = open_keys(tmp_path / "keys", may_make=True)
    assert open_keys(tmp_path / "keys", may_make=False).fingerprint() == made.fingerprint()
    assert made.mac("a", "bc") != made.mac("a", "b", "c")
    assert "bytes" not in repr(made)
    if os.name != "nt":
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["master", "signing", "box", "web"])
def test_a_missing_key_is_never_made_anew_beside_the_others(tmp_path: Path, name: str) -> None:
    """Another key could not read what the old one sealed."""
    open_keys(tmp_path, may_make=True)
    (tmp_path / f"{name}.key").unlink()
    with pytest.raises(BadInput, match="缺少服务器密钥文件"):
        open_keys(tmp_path, may_make=True)


def test_a_start_that_broke_off_is_begun_again(tmp_path: Path) -> None:
    """Nothing was named yet, so nothing can have been sealed."""
    (tmp_path / "master.key.new").write_bytes(b"half")
    made = open_keys(tmp_path, may_make=True)
    assert open_keys(tmp_path, may_make=False).fingerprint() == made.fingerprint()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "box.key",
        "master.key",
        "signing.key",
        "web.key",
    ]


def test_keys_that_others_can_read_or_that_are_cut_are_refused(tmp_path: Path) -> None:
    open_keys(tmp_path, may_make=True)
    path = tmp_path / "box.key"
    if os.name != "nt":
        path.chmod(0o640)
        with pytest.raises(BadInput, match="可被他人读取"):
            open_keys(tmp_path, may_make=False)
        path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(BadInput, match="已损坏"):
        open_keys(tmp_path, may_make=False)


def test_secrets_do_not_show_when_printed() -> None:
    keys = ServerKeys(*(bytes([n]) * 32 for n in range(4)))
    assert "\\x00" not in f"{keys!r}{keys}"
