"""Typed settings of the server, read once: environment ``ZHIYE_*`` first, then a file, then the default."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

import platformdirs

from core.errors import BadInput

PREFIX = "ZHIYE_"
FILE_NAME = "server.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What an operator may set; each field is ``ZHIYE_<NAME>`` or a line of ``server.toml`` in the data folder."""

    data_folder: Path
    """Database, blobs and the settings file, unless told otherwise."""
    database_url: str = ""
    """``sqlite:///file`` or ``postgresql://…``; empty means a file in the data folder."""
    keys_folder: Path | None = None
    """Where the server's secrets lie, apart from what they open (D-2); keep it out of the database's backup."""
    backup_folder: Path | None = None
    """Generations of backup as sub-folders; a blob that is in two of them counts as durable."""
    host: str = "127.0.0.1"
    port: int = 8700
    public_url: str = ""
    """The address that QR codes lead to; empty means the address that is listened on."""
    face_pack: Path | None = None
    """A folder with a face recogniser of one's own; its kiosks must be given the same."""
    face_landmarks: str = "default"
    """``default`` or ``mediapipe``; the same as on the kiosks."""
    registry_url: str = ""
    """Where a service in front of the ministry's register answers; empty means the mirror in the database."""
    registry_token: str = field(default="", repr=False)
    """What that service wants to be shown."""
    database_clock: bool = True
    """On PostgreSQL, take the time from the database, so that several servers agree."""

    @property
    def database(self) -> str:
        """The database's address with its default filled in."""
        return self.database_url or f"sqlite:///{(self.data_folder / 'zhiye.sqlite').as_posix()}"

    @property
    def keys(self) -> Path:
        """The folder of the server's secrets with its default filled in."""
        if self.keys_folder is not None:
            return self.keys_folder
        data = self.data_folder.resolve()
        return data.with_name(f"{data.name}-keys")

    @property
    def blobs(self) -> Path:
        """The folder of photos and documents."""
        return self.data_folder / "blobs"

    @property
    def address(self) -> str:
        """What a phone has to open, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers reach the server by HTTPS, so that cookies may be bound to it."""
        return self.address.startswith("https://")


def default_folder() -> Path:
    """Where this machine's programs keep their data."""
    return Path(platformdirs.user_data_dir("zhiye", appauthor=False, roaming=False)) / "server"


def load(environment: Mapping[str, str]) -> Settings:
    """The settings of this process; an unknown line in the file is refused, because it is a mistyped one."""
    folder = Path(environment.get(f"{PREFIX}DATA_FOLDER", "") or default_folder())
    told: dict[str, Any] = {**_from_file(folder / FILE_NAME), **_from_environment(environment)}
    told["data_folder"] = folder
    kinds = get_type_hints(Settings)
    return Settings(**{name: _typed(name, value, kinds[name]) for name, value in told.items()})


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "settings.file", f"设置文件无法读取：{path}", "请按 TOML 格式修改后重新启动"
        ) from error
    unknown = sorted(found.keys() - {field.name for field in fields(Settings)})
    if unknown:
        names = "、".join(unknown)
        raise BadInput("settings.unknown", f"设置文件中有无法识别的项目：{names}", "请更正或删除这些项目")
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = ((field.name, f"{PREFIX}{field.name.upper()}") for field in fields(Settings))
    return {name: environment[variable] for name, variable in names if environment.get(variable)}


def _typed(name: str, value: Any, kind: Any) -> Any:
    """The value as its field wants it; text from the environment is converted."""
    try:
        if kind is int:
            return int(value)
        if kind is bool:
            return (
                value if isinstance(value, bool) else {"1": True, "yes": True, "0": False, "no": False}[value]
            )
        if kind in (Path, Path | None):
            return Path(value)
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput("settings.value", f"设置项 {name} 的值不正确：{value}", "请更正后重新启动") from error
    return str(value)
