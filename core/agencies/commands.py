"""Commands about agencies."""

from core.command import Command, command
from core.fields import Key, Line, Name


@command("agencies.register", title="登记机构", permission="agency.register")
class RegisterAgency(Command, kw_only=True):
    """Enters an agency with its legal person, who becomes its first manager (B-6)."""

    agency_id: Key
    name: Line
    uscc: str
    qualifications: list[str]
    legal_person_id: Key
    legal_person_name: Name
