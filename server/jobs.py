"""Work that the server does by itself, under an id from its occasion, so that any number of servers do it once."""

import asyncio
import uuid
from collections.abc import Callable

import structlog
from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.bus import Bus
from core.context import Actor
from core.errors import DomainError
from core.visits.commands import CloseOvertime
from core.visits.facts import DAY_MS
from core.visits.models import VisitRow, is_open
from server.templates import Turn

EVERY_SECONDS = 60
_NAMESPACE = uuid.UUID("3c1d3f0e-8f1b-5c8e-9a53-5a1c7e0d4b21")
log = structlog.get_logger()


def close_overtime(bus: Bus) -> int:
    """Lets visits that are open for more than 24 hours be closed (S-8); says nothing to the log if there are none."""
    with bus.store.reading() as db:
        now_ms = bus.store.now_ms(db)
        overdue = select(VisitRow.id).where(is_open(), VisitRow.started_ms < now_ms - DAY_MS)
        first = db.scalars(overdue.order_by(VisitRow.id).limit(1)).first()
    if first is None:
        return 0
    minute = now_ms // (EVERY_SECONDS * 1000)
    occasion = str(uuid.uuid5(_NAMESPACE, f"close_overtime/{first}/{minute}"))
    outcome = bus.run(CloseOvertime(), actor=Actor("job", occasion), command_id=occasion)
    return int(outcome.answer.get("closed", 0))


async def keep_templates(keep_up: Callable[[], Turn]) -> None:
    """Turn after turn while there is something to try, then once in a while."""
    while True:
        turn = Turn()
        try:
            turn = await to_thread.run_sync(keep_up)
        except (DomainError, SQLAlchemyError, OSError) as error:
            log.error("job_failed", job="templates", kind=type(error).__name__)
        if turn.made:
            log.info("templates_made", count=turn.made)
        await asyncio.sleep(0 if turn.tried else EVERY_SECONDS)


async def run(bus: Bus, keep_up: Callable[[], object]) -> None:
    """Does the jobs again and again until it is cancelled; what fails is tried again at its next turn."""
    while True:
        try:
            closed = await to_thread.run_sync(close_overtime, bus)
            if closed:
                log.info("visits_closed_overtime", count=closed)
        except (DomainError, SQLAlchemyError) as error:
            log.error("job_failed", job="close_overtime", kind=type(error).__name__)
        try:
            await to_thread.run_sync(keep_up)
        except (DomainError, SQLAlchemyError, OSError) as error:
            log.error("job_failed", job="erasures", kind=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
