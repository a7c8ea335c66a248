"""Chinese text is characters and not boxes, on a machine without a Chinese font."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QImage, QPainter, QRawFont
from PySide6.QtWidgets import QApplication

from core.qt import fonts

TEXT = "执业反馈单"
RARE = "翀彧堃喆𬭎"
"""Characters of people's names; the last lies outside the basic plane."""


def painted(text: str, family: str) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    font = QFont(family)
    font.setPixelSize(40)
    painter.setFont(font)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return image


def test_every_character_has_a_shape_of_its_own(qapp: Any) -> None:
    fonts.install(qapp, 20)
    shapes = [bytes(painted(c, fonts.FAMILY).constBits()) for c in TEXT]
    box = bytes(painted("\U000f1234", fonts.FAMILY).constBits())  # a private character, which no font has
    assert len({*shapes, box, bytes(painted(" ", fonts.FAMILY).constBits())}) == len(TEXT) + 2


def test_names_with_rare_characters_are_shown(qapp: Any) -> None:
    fonts.register()
    raw = QRawFont.fromFont(QFont(fonts.FAMILY))
    missing = [c for c in TEXT + RARE[:4] if not raw.supportsCharacter(ord(c))]
    assert missing == []


def test_both_weights_are_there_and_the_program_uses_them(qapp: QApplication) -> None:
    fonts.install(qapp, 20)
    fonts.install(qapp, 22)
    assert qapp.font().family() == fonts.FAMILY
    bold = QFont(fonts.FAMILY)
    bold.setBold(True)
    assert QRawFont.fromFont(bold).styleName() == "Bold"
