"""Commands about persons: entering one, and handing in a portrait whose check is a recorded result."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from core.command import Command, command
from core.fields import Digest, Key


class CertificateEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate as it is entered (P-4)."""

    kind: str
    number: Annotated[str, Meta(min_length=1, max_length=40)]
    until_ms: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None


@command("practitioners.register", title="登记从业人员", permission="agency.staff")
class RegisterPerson(Command, kw_only=True):
    """Enters a person with certificates; the ID number is kept sealed (D-2)."""

    secrets: ClassVar = frozenset({"id_number"})  # few numbers fit a name and an age: a hash would tell it

    person_id: Key
    agency_id: Key | None = None
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    id_number: str | None = None
    certificates: list[CertificateEntry] = []


@command("practitioners.portrait", title="提交证件照", permission="portrait.submit")
class SubmitPortrait(Command, kw_only=True):
    """Hands in a portrait that the heavy check before the bus has found good (P-2, B-2)."""

    person_id: Key
    portrait_id: Key
    agency_id: Key | None = None
    image: bytes
    template: bytes
    engine: Annotated[str, Meta(max_length=80)]
    consent: bool
    photos: Annotated[list[bytes], Meta(max_length=4)] = []
    """More photos of the same person, of which the template is made too."""

    def subject(self) -> dict[str, str]:
        """The person alone: naming one's own agency gives no right over somebody else's people."""
        return {"person_id": self.person_id}


class GatheredPhoto(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A photo of a person whose face was checked where it was taken: the fact whose evidence it is, and the picture."""

    source: Key
    image: bytes


@command("practitioners.template", title="更新人脸模板", permission="portrait.template")
class KeepTemplate(Command, kw_only=True):
    """Keeps a template that was made anew of a portrait and of what else is kept of its person."""

    person_id: Key
    portrait_id: Key
    template: bytes
    engine: Annotated[str, Meta(max_length=80)]
    count: Annotated[int, Meta(ge=1, le=5)]
    instead_of: Digest | None
    """The template from which this one was made anew: if there is another one by now, it stays."""
    gathered: Annotated[list[GatheredPhoto], Meta(max_length=4)] = []
    dropped: list[Key] = []
    """Facts whose photos count no longer."""
