"""What ``zhiye-faces`` can be told."""

import argparse
from collections.abc import Callable
from pathlib import Path

from core.face.choice import LANDMARKS
from core.face.gestures import Gesture


def parser() -> argparse.ArgumentParser:
    """The options of every subcommand."""
    root = argparse.ArgumentParser(
        prog="zhiye-faces", description="人脸部分的测量工具", allow_abbrev=False,
        epilog="退出码：0 完成或相符；1 不相符、被拒绝或不是活体；2 用法有误或没有可用的数据；130 被中断",
    )  # fmt: skip
    commands = root.add_subparsers(dest="command", required=True)
    for name, (what, add) in _COMMANDS.items():
        one = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
        one.add_argument("--json", action="store_true", help="在标准输出给出一个 JSON 文档")
        add(one)
        one.add_argument("--face-pack", type=Path, metavar="FOLDER", help="自备人脸识别模型包的文件夹")
        one.add_argument("--landmarks", choices=LANDMARKS, default=LANDMARKS[0], help="人脸关键点模型")
    return root


def _enrol(one: argparse.ArgumentParser) -> None:
    one.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="同一人的照片，三张以上更好")
    one.add_argument(
        "-o", "--out", type=Path, metavar="TEMPLATE.json", help="写入模板的文件；不填时只检查照片"
    )


def _verify(one: argparse.ArgumentParser) -> None:
    for name in ("first", "second"):
        one.add_argument(name, type=Path, help="照片或模板文件（.json）")


def _identify(one: argparse.ArgumentParser) -> None:
    # The photo first: after --gallery it would be taken for one more place.
    one.usage = "zhiye-faces identify [-h] PHOTO --gallery FOLDER|TEMPLATE [FOLDER|TEMPLATE ...] [--json] […]"
    one.add_argument("photo", type=Path, metavar="PHOTO", help="照片或模板文件（.json）")
    one.add_argument(
        "--gallery", nargs="+", type=Path, required=True, metavar="FOLDER|TEMPLATE",
        help="文件夹（每个文件一人，每个子文件夹一人多张）或模板文件",
    )  # fmt: skip


def _calibrate(one: argparse.ArgumentParser) -> None:
    one.add_argument("table", type=Path, metavar="CSV", help="列：identity,file,role")
    one.add_argument("-o", "--out", type=Path, metavar="CALIBRATION.json", help="写入校准文件；不填时只显示")
    one.add_argument("--seed", type=int, default=1, help="抽取照片所用的随机种子")
    _measured(one)


def _bench(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "photo", nargs="?", type=Path, metavar="PHOTO", help="有一张清晰人脸的照片；默认用已安装的示例照片"
    )
    one.add_argument("--passive", type=Path, metavar="FILE", help="静默活体检测模型文件")


def _eval(one: argparse.ArgumentParser) -> None:
    one.add_argument("table", type=Path, metavar="PAIRS.csv", help="列：file_a,file_b,same")
    _measured(one)


def _identification(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "table", type=Path, metavar="CSV", help="列：identity,file,role（enrol、probe、unknown）"
    )
    one.add_argument("--candidates", type=_positive, metavar="N", help="每次比对的候选人数；默认为全部")
    one.add_argument("--seed", type=int, default=1, help="抽取候选人所用的随机种子")
    _measured(one)


def _liveness(one: argparse.ArgumentParser) -> None:
    one.add_argument("clips", nargs="+", metavar="CLIP", help="视频或照片文件")
    one.add_argument(
        "--challenge",
        type=_gestures,
        metavar="left,blink,right",
        help="视频应按此顺序完成的动作；不填时用随机动作反复测试",
    )
    one.add_argument("--trials", type=_positive, default=1000, metavar="N", help="随机动作测试的次数")
    one.add_argument("--seed", type=int, default=1, help="抽取随机动作所用的种子")
    one.add_argument("--passive", type=Path, metavar="FILE", help="静默活体检测模型文件")
    _jobs(one)


def _gestures(text: str) -> tuple[Gesture, ...]:
    try:
        return tuple(Gesture(word.strip().lower()) for word in text.replace("，", ",").split(","))
    except ValueError:
        known = "、".join(Gesture)
        raise argparse.ArgumentTypeError(f"“{text}”无法识别：动作为 {known}，用逗号分隔") from None


def _measured(one: argparse.ArgumentParser) -> None:
    one.add_argument("--root", type=Path, help="照片所在文件夹；默认为表格所在文件夹")
    _jobs(one)


def _jobs(one: argparse.ArgumentParser) -> None:
    one.add_argument("--jobs", type=_positive, help="并行进程数；默认为处理器核数")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}”应为正整数")
    return int(text)


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "enrol": ("由照片建立模板，逐张说明不合格的原因", _enrol),
    "verify": ("两张照片或模板是否同一人", _verify),
    "identify": ("照片是人脸库中的哪一位", _identify),
    "eval": ("照片对比对：准确率、等错误率、拒识率", _eval),
    "eval-identification": ("开放集识别：漏识率、误识率", _identification),
    "liveness": ("视频活体检测：每个视频一个结论", _liveness),
    "calibrate": ("由多人多张照片求出识别阈值，写成校准文件", _calibrate),
    "bench": ("各步骤耗时：单线程与双线程", _bench),
}
