"""Registers the Chinese font that the product carries, so that no machine shows boxes for characters."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from core.errors import NotHere

FAMILY = "Noto Sans SC"

_FOLDER = Path(__file__).parent / "resources" / "fonts"
_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


def install(app: QApplication, pixels: int) -> None:
    """Register both weights and make them the program's font; the size is in device-independent pixels."""
    register()
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    # Full hinting bends the strokes of small Chinese characters.
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    app.setFont(font)


def register() -> None:
    """Make the family known to Qt; doing it again costs nothing."""
    if FAMILY in QFontDatabase.families():
        return
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(_FOLDER / name)) < 0:
            raise NotHere("qt.font", f"程序自带的字体文件无法读取：{name}", "请重新安装本程序。")
