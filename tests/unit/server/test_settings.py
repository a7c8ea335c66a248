"""Settings: environment first, then the file, then the default; what is mistyped is told."""

from pathlib import Path

import pytest

from core.errors import BadInput
from server.settings import Settings, load


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text('port = 9000\nhost = "0.0.0.0"\ndatabase_clock = false\n', "utf-8")
    settings = load({"ZHIYE_DATA_FOLDER": str(tmp_path), "ZHIYE_PORT": "9100", "ZHIYE_HOST": ""})
    assert (settings.port, settings.host, settings.database_clock) == (9100, "0.0.0.0", False)
    assert settings.database == f"sqlite:///{(tmp_path / 'zhiye.sqlite').as_posix()}"


@pytest.mark.rule("D-2")
def test_the_keys_lie_outside_of_what_they_open(tmp_path: Path) -> None:
    """Personal data is encrypted at rest on the server: whoever copies the data folder has no key to it."""
    settings = load({"ZHIYE_DATA_FOLDER": str(tmp_path / "server")})
    assert settings.keys == tmp_path / "server-keys"
    told = load({"ZHIYE_DATA_FOLDER": str(tmp_path), "ZHIYE_KEYS_FOLDER": str(tmp_path / "elsewhere")})
    assert told.keys == tmp_path / "elsewhere"


def test_without_anything_there_is_a_folder_of_ones_own() -> None:
    settings = load({})
    assert settings.data_folder.is_absolute()
    assert settings.address == "http://127.0.0.1:8700"
    assert not settings.secure


def test_cookies_are_bound_to_https_where_the_public_address_is(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, public_url="https://zhiye.example/")
    assert (settings.address, settings.secure) == ("https://zhiye.example", True)


@pytest.mark.parametrize("text", ["prot = 1", "port = [1]", "port =", 'port = "many"'])
def test_what_is_mistyped_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "server.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput):
        load({"ZHIYE_DATA_FOLDER": str(tmp_path)})
