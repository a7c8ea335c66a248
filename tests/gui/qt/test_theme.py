"""The theme can be read in glare, and its style sheets name nothing that does not exist."""

from typing import Any

import pytest
from PySide6.QtGui import QColor

from core.qt import theme

C = theme.COLOURS
PAIRS = [
    (C.ink, C.page),
    (C.ink, C.card),
    (C.ink, C.primary_pale),
    (C.soft, C.card),
    (C.soft, C.page),
    (C.on_dark, C.primary),
    (C.on_dark, C.closing),
    (C.primary_down, C.primary_pale),
    *theme.TONES.values(),
]


def luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    q = QColor(colour)
    return 0.2126 * linear(q.redF()) + 0.7152 * linear(q.greenF()) + 0.0722 * linear(q.blueF())


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_at_least_seven_to_one(text: str, ground: str) -> None:
    light, dark = sorted([luminance(text), luminance(ground)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_both_sheets_are_filled_in(qapp: Any) -> None:
    theme.apply_desktop(qapp)
    theme.apply_kiosk(qapp)
    assert "$" not in qapp.styleSheet()
    assert qapp.font().pixelSize() == theme.KIOSK.text


def test_a_finger_needs_twelve_millimetres() -> None:
    assert theme.KIOSK.touch / 160 * 25.4 >= 12
