"""Whether the server is alive: for operators and for a device that looks for its server."""

from fastapi import APIRouter
from pydantic import BaseModel

from core.db.changes import head
from server.state import Here

router = APIRouter(tags=["operation"])
API_VERSION = 1


class Health(BaseModel):
    """That the database answers, which API this is, and whether the demo made it."""

    status: str
    api: int
    seq: int
    demo: bool


@router.get("/health")
def health(here: Here) -> Health:
    """Reads the database's head; a database that does not answer makes this a 503."""
    with here.store.reading() as db:
        return Health(status="ok", api=API_VERSION, seq=head(db.connection())[0], demo=here.demo)
