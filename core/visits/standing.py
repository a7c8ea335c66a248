"""What holds for one person at one project at one moment, as plain values that the rules read."""

import msgspec


class Place(msgspec.Struct, frozen=True, gc=False):
    """A project's point (WGS-84) and radius in metres."""

    lat: float
    lon: float
    radius_m: int


class Standing(msgspec.Struct, frozen=True, gc=False):
    """The project's kind, state and place; whether the person belongs to it and is employed; a confirmed contact."""

    known: bool
    kind: str | None
    member: bool
    employed: bool
    contact: bool
    state: str | None
    place: Place | None
