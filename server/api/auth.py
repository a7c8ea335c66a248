"""Logging in and out, and who one is (A-1, A-3, A-4)."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import logins
from core.agencies.models import Agency
from core.employment.models import Employment
from core.practitioners.models import Person
from server.identity import AccountOf, device_by_token
from server.state import Here

router = APIRouter(tags=["accounts"])


class LoginRequest(BaseModel):
    """Name and password; a desktop adds its device's session, to which the login is then bound."""

    model_config = ConfigDict(extra="forbid")
    login: str = Field(min_length=1, max_length=128)
    password: str = Field(min_length=1, max_length=256)
    device_session: str | None = None


class LoginAnswer(BaseModel):
    """The token, shown once, and until when it holds."""

    token: str
    login_id: str
    account_id: str
    person_id: str | None
    until_ms: int


class Job(BaseModel):
    """Where one is employed, and whether one manages there."""

    agency_id: str
    agency_name: str
    position: str
    manager: bool


class Me(BaseModel):
    """Who is logged in; what one may do follows from it (A-3)."""

    account_id: str
    login: str
    administrator: bool
    person_id: str | None
    name: str | None
    employments: list[Job]


@router.post("/login", responses={401: {}})
def log_in(asked: LoginRequest, here: Here) -> LoginAnswer:
    """Opens a login; a failed try is kept, so that names and passwords can't be guessed (A-4)."""
    device_id = device_by_token(here, asked.device_session).id if asked.device_session else None
    found = logins.log_in(here.store, asked.login, asked.password, device_id)
    return LoginAnswer(
        token=found.token,
        login_id=found.login_id,
        account_id=found.account_id,
        person_id=found.person_id,
        until_ms=found.until_ms,
    )


@router.post("/logout", status_code=204)
def log_out(caller: AccountOf, here: Here) -> None:
    """Ends the login at once (A-4)."""
    with here.store.writing() as db:
        logins.log_out(db, here.store.now_ms(db), caller.token)


@router.get("/me")
def me(caller: AccountOf, here: Here) -> Me:
    """Who is logged in."""
    with here.store.reading() as db:
        person = db.get(Person, caller.person_id) if caller.person_id else None
        return Me(
            account_id=caller.account_id,
            login=caller.login,
            administrator=caller.administrator,
            person_id=caller.person_id,
            name=person.name if person else None,
            employments=_jobs(db, caller.person_id) if caller.person_id else [],
        )


def _jobs(db: Session, person_id: str) -> list[Job]:
    employed = db.execute(
        select(Agency.id, Agency.name, Employment.position, Employment.manager)
        .join(Employment, Employment.agency_id == Agency.id)
        .where(Employment.person_id == person_id, Employment.until_ms.is_(None))
    ).all()
    jobs = [
        Job(agency_id=i, agency_name=name, position=position, manager=manager or position == "representative")
        for i, name, position, manager in employed
    ]
    known = {job.agency_id for job in jobs}
    owned = db.scalars(select(Agency).where(Agency.legal_person_id == person_id))
    return jobs + [
        Job(agency_id=agency.id, agency_name=agency.name, position="legal_person", manager=True)
        for agency in owned
        if agency.id not in known
    ]
