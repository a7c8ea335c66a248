"""Whether the server is alive: for operators and for a device that looks for its server."""

from fastapi import APIRouter
from pydantic import BaseModel

from core.db.changes import head
from core.devices.models import ServerProperty
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
        demo = db.get(ServerProperty, "demo")
        is_demo = demo is not None and demo.value == "yes"
        return Health(status="ok", api=API_VERSION, seq=head(db.connection())[0], demo=is_demo)
