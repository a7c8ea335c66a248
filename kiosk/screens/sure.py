"""A button for what can't be taken back: the first touch asks, the second acts."""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from core.qt.looks import button


class Sure:
    """One such button; ``reset`` takes the question back when somebody else may stand there."""

    def __init__(
        self, text: str, again: str, act: Callable[[], None], look: str = "", name: str = ""
    ) -> None:
        self._text, self._again, self._act = text, again, act
        self.button: QPushButton = button(text, self._pressed, look, name)

    def reset(self) -> None:
        """Ask again from the beginning."""
        self.button.setText(self._text)

    def _pressed(self) -> None:
        if self.button.text() == self._text:
            self.button.setText(self._again)
            return
        self.reset()
        self._act()
