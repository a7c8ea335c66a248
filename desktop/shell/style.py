"""What the desktop adds to the shared style: tables, choices, scroll bars, chips on the page's ground."""

from string import Template

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView

from core.qt.theme import COLOURS

NOTE = (COLOURS.primary_down, "#CDE0F4")
"""Text and background of a chip that only notes something, in tables and beside a title alike."""
_SHEET = """
QLabel[look="chip"][tone=""] { background: #E1E8EE; }
QLabel[look="chip"][tone="note"] { background: $note_ground; color: $note_ink; }
QLabel[look="photo"] { padding: 0px; }
QTableView::item { padding: 0px 8px; border: none; }
QTableView::item:selected { background: $primary_pale; color: $ink; }
QHeaderView::section { border-right: none; padding: 6px 11px; }
QListWidget { background: $card; border: 1px solid $line; border-radius: 6px; outline: none; }
QListWidget::item { padding: 7px 10px; }
QListWidget::item:selected { background: $primary_pale; color: $ink; }
QComboBox::drop-down { border: none; width: 22px; }
QLineEdit:disabled { background: $page; color: $soft; }
QPushButton[look="search"] { text-align: left; color: $soft; background: $page; padding: 2px 12px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0px; border: none; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0px; border: none; }
QScrollBar::handle { background: #B4C0CA; border-radius: 4px; margin: 2px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $soft; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0px; height: 0px; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
"""


def sheet() -> str:
    """The rules with the theme's colours filled in."""
    ink, ground = NOTE
    return Template(_SHEET).substitute(vars(COLOURS), note_ink=ink, note_ground=ground)


def plain_header(header: QHeaderView) -> None:
    """Titles stand over what they name, at the left."""
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
