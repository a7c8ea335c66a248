"""Tables of devices: the device with its key, pairing codes, and properties of this server."""

from sqlalchemy import Boolean, Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis, Synced, agency_scope


class Device(Base, Synced):
    """A kiosk or desktop of one agency with its public key (D-1)."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    public_key: Mapped[str] = mapped_column(String(64), unique=True)
    key_source: Mapped[str] = mapped_column(String(20))
    still_for_live: Mapped[bool] = mapped_column(Boolean, default=False)
    fixed_lat: Mapped[float | None] = mapped_column(Float(53), default=None)
    fixed_lon: Mapped[float | None] = mapped_column(Float(53), default=None)
    admitted_ms: Mapped[int] = mapped_column(Millis)
    revoked_ms: Mapped[int | None] = mapped_column(Millis, default=None)

    def scopes(self) -> tuple[str, ...]:
        """Every device of the agency sees which devices there are."""
        return (agency_scope(self.agency_id),)


class DeviceContact(Base):
    """When a device was last heard of, and how many entries it said are waiting; not a change that others pull."""

    __tablename__ = "device_contact"

    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seen_ms: Mapped[int] = mapped_column(Millis)
    waiting: Mapped[int] = mapped_column(Integer, default=0)
    left_ms: Mapped[int | None] = mapped_column(Millis, default=None)
    """Since when the server has all that a revoked device had."""


class PairingCode(Base):
    """A manager's single-use code that admits one device (D-1)."""

    __tablename__ = "pairing_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))
    until_ms: Mapped[int] = mapped_column(Millis)
    used_ms: Mapped[int | None] = mapped_column(Millis, default=None)


class ServerProperty(Base):
    """What this server is: set when its database is made, such as that it was made by the demo."""

    __tablename__ = "server_property"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
