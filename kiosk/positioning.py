"""The system's position by QtPositioning: a receiver, the operating system's service, or a recorded NMEA log (S-15)."""

from pathlib import Path

from PySide6.QtCore import QFile, QIODevice, QObject
from PySide6.QtPositioning import (
    QGeoCoordinate,
    QGeoPositionInfo,
    QGeoPositionInfoSource,
    QNmeaPositionInfoSource,
)

from core.clock import Clock
from core.geo.fix import Fix
from core.geo.point import Point
from kiosk.location import LastFix, kind_of

_EVERY_MS = 5_000
_NO_DEVICE = "本机没有定位设备，请联系管理员接入或登记固定位置"
_Error = QGeoPositionInfoSource.Error
_ERRORS = {
    _Error.AccessError: "系统没有允许本程序定位，请联系管理员",
    _Error.ClosedError: "定位设备已断开，请检查连接",
}


def _default(parent: QObject) -> QGeoPositionInfoSource | None:
    """The system's source; None on a machine without one, whatever the binding's types say."""
    return QGeoPositionInfoSource.createDefaultSource(parent)


class SystemLocator(QObject):
    """Listens to a position source and remembers its newest fix; belongs to the GUI thread."""

    def __init__(self, clock: Clock, nmea: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = LastFix(clock)
        self._replayed = nmea is not None
        self._source = self._log(nmea) if nmea else _default(self)
        self._trouble = _NO_DEVICE if self._source is None else ""
        if self._source is not None:
            self._source.positionUpdated.connect(self._on_position_updated)
            self._source.errorOccurred.connect(self._on_error_occurred)
            self._source.setUpdateInterval(_EVERY_MS)
            self._source.startUpdates()

    def newest(self) -> Fix | None:
        """The newest fix, as old as it is now."""
        return self._last.newest()

    def trouble(self) -> str:
        """What keeps a position from coming."""
        return self._trouble

    def _log(self, path: Path) -> QGeoPositionInfoSource:
        source = QNmeaPositionInfoSource(QNmeaPositionInfoSource.UpdateMode.SimulationMode, self)
        self._file = QFile(str(path), self)
        self._file.open(QIODevice.OpenModeFlag.ReadOnly)
        source.setDevice(self._file)
        return source

    def _on_error_occurred(self, error: QGeoPositionInfoSource.Error) -> None:
        self._trouble = _ERRORS.get(error, self._trouble)

    def _on_position_updated(self, info: QGeoPositionInfo) -> None:
        coordinate = info.coordinate()
        if not coordinate.isValid():
            return
        self._trouble = ""
        accuracy = None
        if info.hasAttribute(QGeoPositionInfo.Attribute.HorizontalAccuracy):
            accuracy = float(info.attribute(QGeoPositionInfo.Attribute.HorizontalAccuracy))
        point = Point(coordinate.latitude(), coordinate.longitude())
        if self._replayed:  # a log's stamps are those of the day on which it was recorded
            self._last.take(point, accuracy, "replay")
            return
        service = self._source.sourceName() if self._source is not None else ""
        in_space = coordinate.type() == QGeoCoordinate.CoordinateType.Coordinate3D
        stamp = info.timestamp()
        taken_ms = stamp.toMSecsSinceEpoch() if stamp.isValid() else None
        self._last.take(point, accuracy, kind_of(service, accuracy, in_space), taken_ms=taken_ms)
