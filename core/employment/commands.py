"""Commands about employment, as far as people are entered by command."""

from typing import Literal

from core.command import Command, command
from core.fields import Key

Position = Literal["engineer", "operator", "representative"]


@command("employment.employ", title="录入员工", permission="agency.staff")
class Employ(Command, kw_only=True):
    """Enters an active employment; joining by application comes with its own screens."""

    employment_id: Key
    agency_id: Key
    person_id: Key
    position: Position
    manager: bool = False


@command("employment.end", title="结束聘用", permission="agency.staff")
class EndEmployment(Command, kw_only=True):
    """Ends an employment: the person starts no more visits for this agency from now on (E-5)."""

    agency_id: Key
    employment_id: Key
