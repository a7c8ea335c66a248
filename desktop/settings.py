"""What the desktop's command line says: where data lies, this computer's name, which server, which certificate."""

import argparse
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a start of the desktop can be told."""

    folder: Path
    name: str
    server: str
    certificates: str | None
    rotate_key: bool = False


def parse(argv: Sequence[str]) -> Settings:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m desktop", description="办公电脑程序", allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=user_data_path("zhiye") / "desktop", help="数据文件夹")
    parser.add_argument("--name", default=platform.node() or "办公电脑", help="本机名称")
    parser.add_argument("--server", default="", help="服务器地址（配对时预先填写）")
    parser.add_argument("--certificates", help="服务器证书文件（自签名时）")
    parser.add_argument("--rotate-key", action="store_true", help="联网更换本机的设备密钥后退出")
    found = parser.parse_args(argv)
    return Settings(found.folder, found.name[:60], found.server, found.certificates, found.rotate_key)
