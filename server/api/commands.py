"""POST of one online command by an account: its id makes it once, the bus decides."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from server import doors
from server.identity import AccountOf
from server.state import Here

router = APIRouter(tags=["commands"])


class CommandRequest(BaseModel):
    """A command by its name and version; ``id`` is a UUIDv7 that stays the same when it is sent again."""

    model_config = ConfigDict(extra="forbid")
    id: str
    name: str
    version: int = 1
    body: dict[str, Any]


class CommandAnswer(BaseModel):
    """What the command answered, and which rows it touched, so that screens know what to refresh."""

    answer: dict[str, Any]
    touched: list[tuple[str, str]]
    repeated: bool


@router.post("/commands")
def run_command(asked: CommandRequest, caller: AccountOf, here: Here) -> CommandAnswer:
    """Runs the command with the rights of the account (A-3); a refusal is a problem with its rule."""
    command = doors.decoded(asked.name, asked.version, asked.body)
    outcome = doors.run(here, command, actor=caller.actor, command_id=asked.id)
    return CommandAnswer(answer=outcome.answer, touched=outcome.touched, repeated=outcome.repeated)
