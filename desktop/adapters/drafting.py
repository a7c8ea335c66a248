"""Drafts as the screens make them: into this installation's journal, in the name and session of who is logged in."""

from core.command import Command
from core.context import Actor
from desktop.ports import Me
from sync.cache.answers import unanswered_rows
from sync.cache.store import Cache
from sync.submit import Submitter


class Drafting:
    """One login's pen; what it has begun it finishes, also when one logs out meanwhile."""

    def __init__(self, submitter: Submitter, cache: Cache, me: Me) -> None:
        self._submitter, self._cache, self._me = submitter, cache, me

    def submit(self, command: Command) -> None:
        """Through the gate into the journal; the worker brings it to the server."""
        self._submitter.submit(command, Actor("account", self._me.account_id), session=self._me.session)

    def unanswered(self) -> frozenset[str]:
        """Rows of the overlay: a desktop writes nothing but drafts."""
        with self._cache.reading() as db:
            return unanswered_rows(db)
