"""The sidebar: which screens this account sees, by mouse and by Ctrl+1, Ctrl+2, …"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QVBoxLayout

from core.qt.icons import icon
from core.qt.looks import button, clear, dress, label
from core.qt.theme import COLOURS
from desktop.rights import Rights
from desktop.shell.screen import ScreenSpec


class Navigation(QFrame):
    """One button for each visible screen."""

    def __init__(self, screens: Sequence[ScreenSpec], go: Callable[[str], None], title: str) -> None:
        super().__init__()
        self._screens, self._go = screens, go
        self._rights: Rights | None = None
        self._buttons: dict[str, QPushButton] = {}
        self._keys: list[QShortcut] = []
        dress(self, "side")
        self.setFixedWidth(176)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 14, 8, 8)
        outer.setSpacing(8)
        name = label(title.replace("服务", "服务\n", 1), "large")
        name.setContentsMargins(8, 0, 4, 8)
        outer.addWidget(name)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        outer.addLayout(self._column)
        outer.addStretch(1)
        self._group = QButtonGroup(self)

    def show_rights(self, rights: Rights) -> None:
        """Show what these rights allow; nothing is rebuilt when they are the same."""
        if rights == self._rights:
            return
        self._rights = rights
        chosen = self.chosen()
        self._clear()
        for number, spec in enumerate((s for s in self._screens if s.visible(rights)), start=1):
            self._add(spec, number)
        if chosen in self._buttons:
            self._buttons[chosen].setChecked(True)

    def choose(self, key: str) -> None:
        """Mark where the user is."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def chosen(self) -> str:
        """The key of the marked screen, empty if none is."""
        return next((key for key, made in self._buttons.items() if made.isChecked()), "")

    def keys(self) -> list[str]:
        """The screens that are shown, from above."""
        return list(self._buttons)

    def _clear(self) -> None:
        clear(self._column)
        self._buttons.clear()
        for shortcut in self._keys:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._keys.clear()

    def _add(self, spec: ScreenSpec, number: int) -> None:
        made = button(spec.title, lambda: self._go(spec.key), "nav", f"nav_{spec.key}")
        made.setIcon(icon(spec.icon, COLOURS.primary_down))
        made.setIconSize(QSize(18, 18))
        made.setCheckable(True)
        made.setToolTip(f"{spec.title}（Ctrl+{number}）")
        self._group.addButton(made)
        self._buttons[spec.key] = made
        self._column.addWidget(made)
        shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
        shortcut.activated.connect(lambda: self._go(spec.key))
        self._keys.append(shortcut)
