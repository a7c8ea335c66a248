"""An operator's model pack: a folder of files, every one known by its SHA-256, none ever fetched."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInput, DomainError, NotHere
from core.face import calibration

NOTE = "pack.toml"
"""Beside the files: ``recognition = "file.onnx"`` where several could be meant, and under ``[sha256]`` the pins."""
THRESHOLDS = "calibration.json"
"""What ``zhiye-faces calibrate`` found for it."""
MANIFEST = "manifest.json"
"""InsightFace's own: it says which network runs and how pictures are prepared, and so whom a face is like."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The files that make identities, each with its SHA-256, and the recogniser's name if the note gives one."""

    folder: Path
    files: dict[str, str]
    recognition: str | None

    @property
    def networks(self) -> list[str]:
        """The ONNX files."""
        return [name for name in self.files if name != MANIFEST]

    def identity(self, name: str) -> str:
        """What tells this recogniser from any other: its file's SHA-256, and with a manifest that of both."""
        own, manifest = self.files[name], self.files.get(MANIFEST)
        return own if manifest is None else hashlib.sha256(f"{own}{manifest}".encode()).hexdigest()

    def unchanged(self) -> None:
        """Refuses a pack whose files were exchanged since they were looked at."""
        if _hashed(self.folder) != self.files:
            raise altered("模型文件在载入时被改动")


def opened(folder: Path) -> Pack:
    """The pack in a folder; pinned files must be the pinned ones, and then no other may lie there."""
    if not folder.is_dir():
        hint = "请检查设置中的模型包文件夹；程序不会下载模型。"
        raise NotHere("face.pack_missing", f"找不到人脸模型包文件夹“{folder.name}”。", hint)
    note = _note(folder / NOTE)
    pack = Pack(folder, _hashed(folder), note.get("recognition"))
    if not pack.networks:
        hint = "请把 ONNX 模型文件放入该文件夹；程序不会下载模型。"
        raise NotHere("face.pack_empty", f"人脸模型包文件夹“{folder.name}”中没有模型文件。", hint)
    pins = note.get("sha256")
    # The thresholds' pin is asked when they are read: while they are being found there are none.
    others = {name: sha256 for name, sha256 in (pins or {}).items() if name != THRESHOLDS}
    if pins is not None and others != pack.files:
        wrong = sorted({name for name, _ in set(others.items()) ^ set(pack.files.items())})
        raise altered(f"与 {NOTE} 中登记的不一致：{'、'.join(wrong)}")
    if pack.recognition is not None and pack.recognition not in pack.networks:
        raise _bad_note(f"其中登记的识别模型“{pack.recognition}”不在文件夹中")
    return pack


def thresholds(folder: Path, model: str | None = None) -> calibration.Calibration:
    """Those that lie in a pack's folder; where the note pins files, this one is pinned, too."""
    try:
        data = (folder / THRESHOLDS).read_bytes()
    except OSError as error:
        hint = "请检查文件位置，或用 zhiye-faces calibrate 生成"
        raise NotHere("face.no_calibration", f"找不到人脸校准文件“{THRESHOLDS}”", hint) from error
    pins = _note(folder / NOTE).get("sha256")
    if pins is not None and pins.get(THRESHOLDS) != hashlib.sha256(data).hexdigest():
        raise altered(f"与 {NOTE} 中登记的不一致：{THRESHOLDS}")
    return calibration.read(data, model)


def altered(what: str) -> DomainError:
    """What is told of files that are not those that were registered."""
    hint = f"请用原来的模型文件替换，或核实后更正 {NOTE}；在此之前不能使用该模型包。"
    return DomainError("face.weights_altered", f"人脸模型包已停用：{what}。", hint)


def _hashed(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".onnx" and path.is_file())
    # Asked for by name, as InsightFace does: where capitals make no difference, any writing of it is meant.
    manifest = folder / MANIFEST
    return {path.name: _sha256(path) for path in [*paths, *([manifest] if manifest.is_file() else [])]}


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        hint = "请检查磁盘和文件权限后重新启动。"
        raise NotHere("face.pack_unread", f"人脸模型文件“{path.name}”无法读取。", hint) from error


def _note(path: Path) -> dict[str, Any]:
    try:
        note = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _bad_note("无法读取") from error
    pins, chosen = note.get("sha256", {}), note.get("recognition", "")
    if not isinstance(chosen, str) or not isinstance(pins, dict) or set(map(type, pins.values())) - {str}:
        raise _bad_note("格式不正确")
    if unknown := sorted(note.keys() - {"sha256", "recognition"}):
        raise _bad_note(f"有无法识别的项目：{'、'.join(unknown)}")
    return note


def _bad_note(what: str) -> BadInput:
    hint = '请更正：recognition = "文件名"，[sha256] 下每行 "文件名" = "64 位小写十六进制"。'
    return BadInput("face.pack_note", f"人脸模型包的 {NOTE} {what}。", hint)
