"""Commands about agencies."""

from core.command import Command, command


@command("agencies.register", title="登记机构", permission="agency.register")
class RegisterAgency(Command, kw_only=True):
    """Enters an agency with its legal person, who becomes its first manager (B-6)."""

    agency_id: str
    name: str
    uscc: str
    qualifications: list[str]
    legal_person_id: str
    legal_person_name: str
