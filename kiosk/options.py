"""What the kiosk's command line and its folder say: where data lies, which camera, which position, which server."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from core.errors import BadInput
from core.face.choice import LANDMARKS
from core.geo.point import Point


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a start of the kiosk can be told."""

    folder: Path
    camera: str
    name: str
    position: tuple[float, float] | None
    nmea: Path | None
    full_screen: bool
    stills: bool
    demo: bool
    passive: Path | None
    face_pack: Path | None
    landmarks: str
    certificates: str | None
    set_pin: bool
    rotate_key: bool

    @property
    def for_demo(self) -> bool:
        """Whether anything here may stand for a living face or a real place: only a demo's server admits that."""
        recorded = self.nmea is not None or self.camera.startswith(("video:", "folder:"))
        return self.demo or self.stills or recorded


def parse(argv: Sequence[str]) -> Options:
    """Reads the command line; a wrong position is a sentence, not a trace."""
    parser = argparse.ArgumentParser(prog="python -m kiosk", description="执业终端", allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=user_data_path("zhiye") / "kiosk", help="数据文件夹")
    parser.add_argument(
        "--camera", default="0", help="摄像头：序号或 rtsp://…；video:文件、folder:文件夹 仅用于演示"
    )
    parser.add_argument("--name", default="执业终端", help="本机名称")
    parser.add_argument("--position", help="固定安装的位置：纬度,经度（WGS-84）")
    parser.add_argument("--nmea", type=Path, help="NMEA 定位记录文件（仅用于演示）")
    parser.add_argument("--window", action="store_true", help="不全屏显示")
    parser.add_argument("--demo-stills", action="store_true", help="演示：以照片代替真人（仅演示服务器接受）")
    parser.add_argument(
        "--demo", action="store_true", help="演示终端（仅演示服务器接受），每个画面标明“演示”"
    )
    parser.add_argument(
        "--passive", type=Path, help="静默活体检测模型文件；不填时用数据文件夹中的 passive.onnx"
    )
    parser.add_argument(
        "--face-pack", type=Path, help="自备人脸识别模型包的文件夹（须与服务器相同）；不填时用自带模型"
    )
    parser.add_argument(
        "--landmarks", choices=LANDMARKS, default=LANDMARKS[0], help="人脸关键点模型（须与服务器相同）"
    )
    parser.add_argument("--certificates", help="服务器证书文件（自签名时）")
    parser.add_argument("--set-pin", action="store_true", help="设置服务菜单的密码（6 位以上数字）后退出")
    parser.add_argument("--rotate-key", action="store_true", help="联网更换本机的设备密钥后退出")
    found = parser.parse_args(argv)
    return Options(
        folder=found.folder, camera=found.camera, name=found.name, position=_position(found.position),
        nmea=found.nmea, full_screen=not found.window, stills=found.demo_stills, demo=found.demo,
        passive=found.passive, face_pack=found.face_pack, landmarks=found.landmarks,
        certificates=found.certificates, set_pin=found.set_pin, rotate_key=found.rotate_key,
    )  # fmt: skip


def _position(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        lat, lon = (float(part) for part in text.split(","))
        known = not Point(lat, lon).is_null_island()
    except (ValueError, BadInput) as error:
        raise _wrong_position("固定位置格式不正确，或超出了经纬度的范围") from error
    if not known:
        raise _wrong_position("固定位置不能是 0,0")
    return lat, lon


def _wrong_position(sentence: str) -> BadInput:
    hint = "请更正启动参数 --position（纬度,经度，例如 31.2304,121.4737）后重新启动"
    return BadInput("kiosk.position", sentence, hint, rule="S-15")
