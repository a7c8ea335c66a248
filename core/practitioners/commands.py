"""Commands about persons: entering one, and handing in a portrait whose check is a recorded result."""

import msgspec

from core.command import Command, command


class CertificateEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate as it is entered (P-4)."""

    kind: str
    number: str
    until_ms: int | None = None


@command("practitioners.register", title="登记从业人员", permission="agency.staff")
class RegisterPerson(Command, kw_only=True):
    """Enters a person with certificates; the ID number is kept sealed (D-2)."""

    person_id: str
    agency_id: str | None = None
    name: str
    id_number: str | None = None
    certificates: list[CertificateEntry] = []


@command("practitioners.portrait", title="提交证件照", permission="portrait.submit")
class SubmitPortrait(Command, kw_only=True):
    """Hands in a portrait that the heavy check before the bus has found good (P-2, B-2)."""

    person_id: str
    portrait_id: str
    agency_id: str | None = None
    image: bytes
    template: bytes
    engine: str
    consent: bool
