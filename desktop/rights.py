"""What the account may see in the sidebar: derived from employment, as everywhere (A-3); the server decides anyway."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.agencies.models import Agency
from core.employment.models import Employment
from desktop.ports import Me


@dataclass(frozen=True, slots=True)
class Rights:
    """What the navigation asks."""

    manager: bool = False


def rights_of(db: Session, me: Me) -> Rights:
    """Derived from the rows that this copy holds; before the first pull there are none, and no rights either."""
    if me.person_id is None:
        return Rights()
    legal = select(Agency.id).where(Agency.id == me.agency_id, Agency.legal_person_id == me.person_id)
    manages = select(Employment.id).where(
        Employment.agency_id == me.agency_id,
        Employment.person_id == me.person_id,
        Employment.until_ms.is_(None),
        or_(Employment.manager, Employment.position == "representative"),
    )
    return Rights(manager=db.scalar(legal) is not None or db.scalar(manages) is not None)
