"""What the devices screen shows and does: the agency's devices, and a pairing code for a new one."""

from dataclasses import dataclass, field, replace

from sqlalchemy import select

from core.db.store import Store
from core.devices.codes import code_hash, fresh_code
from core.devices.commands import MakePairingCode, RevokeDevice
from core.devices.models import Device
from core.ids import new_id
from core.journals.commands import RefuseQuarantine, ReleaseQuarantine
from desktop.ports import Decision, Heard, Me, Online, Quarantine


@dataclass(frozen=True, slots=True)
class Told:
    """What the server says of the devices, by device id."""

    heard: dict[str, Heard] = field(default_factory=dict)
    quarantine: dict[str, Quarantine] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One kiosk or desktop."""

    id: str
    name: str
    kind: str
    key_source: str
    fixed: bool
    still: bool
    admitted_ms: int
    revoked_ms: int | None
    heard: Heard | None = None
    """Its last word to the server; None where that is not known here."""
    waits: bool = False
    """Whether a manager has to decide about what it brought after it was revoked."""

    def with_told(self, told: Told) -> "DeviceLine":
        """The same with what the server says."""
        return replace(self, heard=told.heard.get(self.id), waits=self.id in told.quarantine)


@dataclass(frozen=True, slots=True)
class Code:
    """A pairing code, shown once; only its hash went to the server."""

    shown: str
    kind: str
    until_ms: int


class DevicesPresenter:
    """Reads devices and runs the online commands; every method is called in a lane."""

    def __init__(self, store: Store, online: Online, me: Me) -> None:
        self._store, self._online, self._me = store, online, me

    def lines(self) -> list[DeviceLine]:
        """The agency's devices, the newest first."""
        with self._store.reading() as db:
            rows = db.scalars(
                select(Device).where(Device.agency_id == self._me.agency_id).order_by(Device.id.desc())
            )
            return [
                DeviceLine(
                    id=row.id,
                    name=row.name,
                    kind=row.kind,
                    key_source=row.key_source,
                    fixed=row.fixed_lat is not None,
                    still=row.still_for_live,
                    admitted_ms=row.admitted_ms,
                    revoked_ms=row.revoked_ms,
                )
                for row in rows
            ]

    def code(self, kind: str) -> Code:
        """A fresh code for one device of this kind (D-1)."""
        shown = fresh_code()
        agency_id, hashed = self._me.agency_id, code_hash(shown)
        wanted = MakePairingCode(
            agency_id=agency_id, kind="kiosk" if kind == "kiosk" else "desktop", code_hash=hashed
        )
        answer = self._online.run(wanted, new_id())
        return Code(shown, kind, int(answer["until_ms"]))

    def revoke(self, device_id: str) -> None:
        """Ends a device's admission (D-1)."""
        self._online.run(RevokeDevice(agency_id=self._me.agency_id, device_id=device_id), new_id())

    def told(self) -> Told:
        """What only the server knows of them: their last words, and what waits for a decision or had one."""
        return Told(self._online.heard(), self._online.quarantine(), self._online.decisions())

    def release(self, seen: Quarantine, command_id: str) -> None:
        """Takes what the device brought, as far as it was seen, for its word (D-1)."""
        agency_id, device_id = self._me.agency_id, seen.device_id
        wanted = ReleaseQuarantine(agency_id=agency_id, device_id=device_id, entries=seen.entries)
        self._online.run(wanted, command_id)

    def refuse(self, seen: Quarantine, reason: str, command_id: str) -> None:
        """Keeps what was seen without effect (D-1)."""
        agency_id, device_id = self._me.agency_id, seen.device_id
        wanted = RefuseQuarantine(
            agency_id=agency_id, device_id=device_id, entries=seen.entries, reason=reason
        )
        self._online.run(wanted, command_id)
