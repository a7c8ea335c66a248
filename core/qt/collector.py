"""Lets Python's cyclic collector run on the GUI thread only.

A widget that is part of a cycle is destroyed by whichever thread happens to collect; Qt allows that on the GUI
thread alone, and a worker that reads the database while widgets come and go would end the program.
"""

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250
"""How often the counters are looked at: one look costs some microseconds."""


class Collector(QObject):
    """From its making until ``close``, collects by Python's own thresholds, on the thread that made it."""

    _open: ClassVar[int] = 0
    """How many there are: tests start a program inside a program."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.collect()
        gc.freeze()  # what was imported stays: a full collection then takes milliseconds, not a tenth of a second
        gc.disable()
        Collector._open += 1
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MS)

    def look(self) -> None:
        """Collects the oldest generation whose counter is over its threshold."""
        over = [
            generation
            for generation, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if limit and count > limit
        ]
        if over:
            gc.collect(over[-1])

    def close(self) -> None:
        """The last one gives collecting back to Python; what was kept as imported is looked at again, too.

        Closing again changes nothing.
        """
        if not self._timer.isActive():
            return
        self._timer.stop()
        Collector._open -= 1
        if Collector._open == 0:
            gc.unfreeze()
            gc.enable()
