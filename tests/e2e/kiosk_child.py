"""Runs the real kiosk program with a robot at its screen: JSON lines in and out, nothing added to the program."""

import json
import os
import sys
import threading
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from core.logs import set_up
from kiosk.options import parse
from kiosk.start import Program


class Robot(QObject):
    """Presses, types, reads; each order is carried out on the GUI thread."""

    ordered = Signal(object)

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program
        self.ordered.connect(self._obey, Qt.ConnectionType.QueuedConnection)
        # A thread that only waits for lines: Qt has no portable notifier for a pipe.
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.ordered.emit(json.loads(line))
        self.ordered.emit({"do": "quit"})

    def _obey(self, order: dict[str, Any]) -> None:
        answer = getattr(self, f"_{order['do']}")(order)
        sys.stdout.write(json.dumps({"answer": answer}, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def _window(self) -> QWidget:
        window = self._program.window
        assert window is not None
        return window

    def _texts(self, _order: dict[str, Any]) -> list[str]:
        found = []
        for kind in (QLabel, QAbstractButton):
            found += [w.text() for w in self._window().findChildren(kind) if w.isVisible() and w.text()]
        return found

    def _press(self, order: dict[str, Any]) -> bool:
        """Presses a visible, enabled widget by its object name (``*`` at the end: any that begins so)."""
        name = order["name"]
        for widget in self._window().findChildren(QWidget):
            known = widget.objectName()
            fits = known.startswith(name[:-1]) if name.endswith("*") else known == name
            if fits and widget.isVisible() and widget.isEnabled():
                QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
                return True
        return False

    def _type(self, order: dict[str, Any]) -> bool:
        for kind in (QPlainTextEdit, QLineEdit):
            for widget in self._window().findChildren(kind, order["name"]):
                if widget.isVisible():
                    widget.setFocus()
                    QTest.keyClicks(widget, order["text"])
                    return True
        return False

    def _names(self, _order: dict[str, Any]) -> list[str]:
        widgets = self._window().findChildren(QWidget)
        return sorted({w.objectName() for w in widgets if w.isVisible() and w.objectName()})

    def _shot(self, order: dict[str, Any]) -> bool:
        return bool(self._window().grab().save(order["path"]))

    def _quit(self, _order: dict[str, Any]) -> bool:
        QApplication.quit()
        return True


def main() -> int:
    """The kiosk with its own command line."""
    application = QApplication(sys.argv)
    options = parse(sys.argv[1:])
    set_up(file=options.folder / "kiosk.log.jsonl")
    program = Program(options)
    program.start()
    robot = Robot(program)
    code = application.exec()
    program.close()
    robot.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(main())
