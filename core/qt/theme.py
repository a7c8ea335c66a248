"""Colours, sizes and spacing in one place, and the two style sheets made from them: kiosk and desktop."""

from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from core.qt import fonts

_STYLES = Path(__file__).parent / "resources"


@dataclass(frozen=True)
class Palette:
    """Light colours for glare: near-black on near-white, and dark tones on pale ones."""

    ink: str = "#0F1B26"
    soft: str = "#3D4B57"
    line: str = "#C3CDD6"
    page: str = "#EEF2F5"
    card: str = "#FFFFFF"
    primary: str = "#0A4F94"
    primary_down: str = "#073A6E"
    primary_pale: str = "#E3EEF9"
    closing: str = "#7A3D00"
    closing_down: str = "#5A2D00"
    good: str = "#084A25"
    good_pale: str = "#E2F3E8"
    warn: str = "#5C3A00"
    warn_pale: str = "#FFF1D3"
    bad: str = "#861010"
    bad_pale: str = "#FCE6E4"
    on_dark: str = "#FFFFFF"
    disabled: str = "#D8DFE5"
    disabled_ink: str = "#56646F"


@dataclass(frozen=True)
class Sizes:
    """Device-independent pixels; ``touch`` is the least side of anything that a finger has to hit."""

    text: int
    small: int
    large: int
    title: int
    touch: int
    gap: int
    radius: int


COLOURS = Palette()
KIOSK = Sizes(text=22, small=18, large=28, title=36, touch=76, gap=16, radius=14)
DESKTOP = Sizes(text=14, small=12, large=16, title=20, touch=32, gap=8, radius=6)

TONES = {
    "plain": (COLOURS.ink, COLOURS.card),
    "good": (COLOURS.good, COLOURS.good_pale),
    "warn": (COLOURS.warn, COLOURS.warn_pale),
    "bad": (COLOURS.bad, COLOURS.bad_pale),
}
"""Text and background for whatever has a state; the words say it too, colour is never alone."""


def apply_kiosk(app: QApplication) -> None:
    """The kiosk: big, for fingers and gloves."""
    _apply(app, KIOSK, "kiosk.qss")


def apply_desktop(app: QApplication) -> None:
    """The desktop: dense, for mouse and keyboard."""
    _apply(app, DESKTOP, "desktop.qss")


def _apply(app: QApplication, sizes: Sizes, sheet: str) -> None:
    app.setStyle("Fusion")  # the same on every system, and the one style that obeys palettes fully
    fonts.install(app, sizes.text)
    app.setPalette(_qt_palette())
    app.setStyleSheet(style(sizes, sheet))


def style(sizes: Sizes, sheet: str) -> str:
    """The style sheet with colours and sizes filled in; an unknown name in it is an error, not a blank."""
    names = {**vars(COLOURS), **{name: f"{value}px" for name, value in vars(sizes).items()}}
    return Template((_STYLES / sheet).read_text(encoding="utf-8")).substitute(names)


def _qt_palette() -> QPalette:
    """What Fusion itself draws, so that a dark system theme does not shine through."""
    roles = QPalette.ColorRole
    palette = QPalette(QColor(COLOURS.page))
    for role, colour in (
        (roles.WindowText, COLOURS.ink),
        (roles.Text, COLOURS.ink),
        (roles.ButtonText, COLOURS.ink),
        (roles.Base, COLOURS.card),
        (roles.AlternateBase, COLOURS.page),
        (roles.PlaceholderText, COLOURS.soft),
        (roles.Highlight, COLOURS.primary),
        (roles.HighlightedText, COLOURS.on_dark),
        (roles.ToolTipBase, COLOURS.card),
        (roles.ToolTipText, COLOURS.ink),
    ):
        palette.setColor(role, QColor(colour))
    return palette
