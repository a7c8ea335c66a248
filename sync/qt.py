"""The status as Qt signals: the only module of sync that knows Qt."""

from PySide6.QtCore import QObject, Signal

from sync.status import Status, StatusBoard


class StatusSignals(QObject):
    """Tells every new snapshot on the thread of whoever connects: Qt queues it over from the sync thread."""

    changed = Signal(object)

    def __init__(self, board: StatusBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        board.listen(self.changed.emit)

    @property
    def now(self) -> Status:
        """The newest snapshot."""
        return self._board.now
