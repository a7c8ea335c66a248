"""Forms that carry their command's id: pressed twice they are once, and sent from elsewhere they are nothing."""

import hmac
from typing import Annotated

from fastapi import Depends, Request

from core.errors import BadInput
from core.ids import is_time_ordered, new_id
from server.keys import ServerKeys


class Ticket:
    """The two hidden fields of a form: the command's id, and the proof that this server gave it to this reader."""

    def __init__(self, keys: ServerKeys, reader: str, command_id: str | None = None) -> None:
        """``reader`` is what only the rightful reader knows or is: a contact's id, an invitation's token."""
        self.id = command_id or new_id()
        self.proof = keys.mac("form", reader, self.id)


class Posted(dict[str, str]):
    """The fields of a submitted form as text; a field that is not there is empty."""

    def text(self, name: str) -> str:
        """One field, without the spaces around it."""
        return self.get(name, "").strip()

    def ticket(self, keys: ServerKeys, reader: str) -> Ticket:
        """The form's ticket; raises ``BadInput`` if this server did not give it to this reader."""
        command_id = self.text("id")
        given = Ticket(keys, reader, command_id)
        if not is_time_ordered(command_id) or not _equal(given.proof, self.text("proof")):
            raise BadInput("forms.proof", "页面已过期", "请返回上一页，刷新后重新提交")
        return given


def _equal(one: str, other: str) -> bool:
    """In a time that tells nothing; as bytes, because of text only ASCII is compared so."""
    return hmac.compare_digest(one.encode(), other.encode())


async def posted(request: Request) -> Posted:
    """Reads a submitted form; files are no part of these forms."""
    form = await request.form()
    return Posted({name: value for name, value in form.items() if isinstance(value, str)})


PostedForm = Annotated[Posted, Depends(posted)]
