"""A real kiosk or desktop whose fingers and eyes are outside: ``python -m demo.robot kiosk|desktop ARGUMENTS``.

One JSON object a line comes in, such as ``{"do": "press", "what": "开始执业"}``, and one goes out. The program
itself is started by its own ``main`` and knows nothing of this; widgets are found by what people see.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

os.environ.pop("LD_LIBRARY_PATH", None)

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from demo import widgets
from desktop.__main__ import main as desktop
from kiosk.start import main as kiosk

MAINS: dict[str, Callable[[list[str]], int]] = {"kiosk": kiosk, "desktop": desktop}
_LOOK_MS = 40
_SECONDS = 20.0
_SETTLE_S = 0.4
Answer = dict[str, Any]


class Robot(QObject):
    """Does what it is told on the program's own GUI thread, one thing after the other."""

    told = Signal(str)
    """A line from outside; empty when there will be no more."""

    def __init__(self) -> None:
        super().__init__()
        # What the program itself may print must not get between the answers.
        self._answers = open(os.dup(1), "wb", buffering=0)  # noqa: SIM115, PTH123
        os.dup2(2, 1)
        self.told.connect(self._obey, Qt.ConnectionType.QueuedConnection)
        self._actions: dict[str, Callable[[Answer], Answer | None]] = {
            "press": self._press, "type": self._type, "see": self._see, "gone": self._gone,
            "read": self._read, "shot": self._shot,
        }  # fmt: skip

    def listen(self) -> None:
        """Reads standard input on a thread of its own, because it waits."""
        threading.Thread(target=self._listen, name="robot", daemon=True).start()

    def _listen(self) -> None:
        # Unbuffered: a lock of Python's own input, held by this thread at the end, would keep Python from ending.
        with open(0, "rb", buffering=0, closefd=False) as orders:
            for line in orders:
                self.told.emit(line.decode())
        self.told.emit("")

    def _obey(self, line: str) -> None:
        if not line:
            QApplication.closeAllWindows()
            QApplication.quit()
            return
        order = json.loads(line)
        self._try(order, time.monotonic() + float(order.get("seconds", _SECONDS)))

    def _try(self, order: Answer, until: float) -> None:
        """Does it as soon as it can be done; a person waits for a button too."""
        answer = self._actions[order["do"]](order)
        if answer is not None:
            self._answer({"ok": True, **answer})
        elif time.monotonic() > until:
            self._answer({"ok": False, "texts": widgets.texts()})
        else:
            QTimer.singleShot(_LOOK_MS, lambda: self._try(order, until))

    def _answer(self, answer: Answer) -> None:
        self._answers.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

    def _press(self, order: Answer) -> Answer | None:
        found = widgets.spot(order["what"])
        if found is None:
            return None
        how = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, found.place)
        QTest.mouseClick(found.widget, *how)
        if order.get("twice"):
            QTest.mouseDClick(found.widget, *how)
        return {}

    def _type(self, order: Answer) -> Answer | None:
        field = widgets.named(order["what"])
        if not isinstance(field, QLineEdit | QPlainTextEdit) or not field.isEnabled():
            return None
        widgets.scroll_to(field)
        field.setFocus()
        field.selectAll()
        # As an input method commits it, because no key has a Chinese character on it.
        event = QInputMethodEvent()
        event.setCommitString(order["text"])
        QApplication.sendEvent(field, event)
        return {}

    def _see(self, order: Answer) -> Answer | None:
        there = widgets.texts()
        missing = [text for text in order["texts"] if not any(text in one for one in there)]
        return None if missing else {"texts": there}

    def _gone(self, order: Answer) -> Answer | None:
        there = any(order["text"] in one for one in widgets.texts())
        return None if there else {}

    def _read(self, order: Answer) -> Answer | None:
        field = widgets.named(order["what"])
        if isinstance(field, QPlainTextEdit):
            return {"text": field.toPlainText()}
        return {"text": field.property("text")} if field is not None else None

    def _shot(self, order: Answer) -> Answer | None:
        """A moment after it was asked for, when what has just come is laid out and read to its end."""
        due = order.setdefault("due", time.monotonic() + _SETTLE_S)
        if time.monotonic() < due:
            return None
        shown = widgets.windows()
        return {} if shown and shown[0].grab().save(order["path"], "PNG") else None


def main(argv: list[str]) -> int:
    """Starts the named program with the robot in it."""
    robot = Robot()
    robot.listen()
    return MAINS[argv[0]](argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
