"""The system's position by QtPositioning: a receiver, the operating system's service, or a recorded NMEA log (S-15)."""

from pathlib import Path

from PySide6.QtCore import QFile, QIODevice, QObject
from PySide6.QtPositioning import QGeoPositionInfo, QGeoPositionInfoSource, QNmeaPositionInfoSource

from core.clock import Clock
from core.geo.fix import Fix
from core.geo.point import Point
from kiosk.location import LastFix

_EVERY_MS = 5_000


class SystemLocator(QObject):
    """Listens to a position source and remembers its newest fix; belongs to the GUI thread."""

    def __init__(self, clock: Clock, nmea: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = LastFix(clock)
        self._kind = "replay" if nmea else "gps"
        self._source = self._log(nmea) if nmea else QGeoPositionInfoSource.createDefaultSource(self)
        if self._source is not None:
            self._source.positionUpdated.connect(self._on_position_updated)
            self._source.setUpdateInterval(_EVERY_MS)
            self._source.startUpdates()

    @property
    def available(self) -> bool:
        """Whether this machine has any source of position."""
        return self._source is not None

    def newest(self) -> Fix | None:
        """The newest fix, as old as it is now."""
        return self._last.newest()

    def _log(self, path: Path) -> QGeoPositionInfoSource:
        source = QNmeaPositionInfoSource(QNmeaPositionInfoSource.UpdateMode.SimulationMode, self)
        self._file = QFile(str(path), self)
        self._file.open(QIODevice.OpenModeFlag.ReadOnly)
        source.setDevice(self._file)
        return source

    def _on_position_updated(self, info: QGeoPositionInfo) -> None:
        coordinate = info.coordinate()
        if not coordinate.isValid():
            return
        accuracy = None
        if info.hasAttribute(QGeoPositionInfo.Attribute.HorizontalAccuracy):
            accuracy = float(info.attribute(QGeoPositionInfo.Attribute.HorizontalAccuracy))
        self._last.take(Point(coordinate.latitude(), coordinate.longitude()), accuracy, self._kind)
