"""Brings the server's rows: every scope page by page, staged, then applied with its cursor in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Connection

from core.crashpoints import reach
from core.errors import DomainError, Unreachable
from core.wire.push import MAX_SCOPES, ChangePage, Cursor
from sync.cache.answers import release_held
from sync.cache.apply import (
    apply_pages,
    apply_staged,
    drop_scope,
    heads,
    held_scopes,
    next_cursors,
    stage,
    staged_scopes,
    unstage,
)
from sync.cache.marks import Mark, get_mark, set_mark
from sync.cache.overlay import Overlay
from sync.cache.store import Cache
from sync.cache.tables import PROVISIONAL
from sync.errors import ProtocolError
from sync.status import StatusBoard
from sync.times import Times
from sync.transport import Transport

ROWS = 2_000
"""So many pulled rows are applied together."""


@dataclass(slots=True)
class _Ready:
    """Whole scopes that wait to be applied: those of one page, and those whose pages are staged."""

    parts: list[ChangePage | str] = field(default_factory=list)
    """In the order in which they were fetched: a scope's only page, or the name of a scope that is staged."""
    rows: int = 0
    staged: bool = False

    def add(self, page: ChangePage) -> None:
        """Takes a scope's only page in."""
        self.parts.append(page)
        self.rows += len(page.rows)

    def add_staged(self, scope: str) -> None:
        """Takes a scope in whose pages are staged."""
        self.parts.append(scope)
        self.staged = True


class Puller:
    """Pulls all scopes of one device."""

    def __init__(
        self, cache: Cache, overlay: Overlay, times: Times, transport: Transport, status: StatusBoard
    ) -> None:
        self._cache, self._overlay, self._times = cache, overlay, times
        self._transport, self._status = transport, status
        self._together = MAX_SCOPES
        """So many scopes are asked for at once: fewer after an answer that broke off on its way."""

    def run(self, answered: Mark, stands: Callable[[Mark], bool]) -> None:
        """Pulls everything; then the entries up to ``answered``, given before this pull, are the server's alone.

        ``stands`` asks whether the server still has them: it may have been restored since it answered.
        """
        answer = self._transport.scopes()
        scopes = answer.scopes
        if not scopes:  # a server that shows nothing at all is not believed: nothing goes, nothing was pulled
            return
        self.forget(lambda scope: scope not in scopes)
        with self._cache.reading() as db:
            known = heads(db)
        asked = [scope for scope in scopes if scope not in known or known[scope] != answer.heads.get(scope)]
        self._pull(asked, self._together if answer.together else 1)
        self._together = MAX_SCOPES
        self._settle(answered, stands)
        self._status.change(pulled=len(asked), to_pull=len(asked))

    def forget(self, is_lost: Callable[[str], bool]) -> None:
        """Drops the scopes that a device may no longer hold; what it wrote itself stays."""
        with self._cache.reading() as db:
            lost = sorted(scope for scope in held_scopes(db) if is_lost(scope))
        if not lost:
            return

        def drop(db: Connection) -> None:
            for scope in lost:
                unstage(db, scope)
                drop_scope(db, self._cache.synced, scope)

        self._overlay.redo(self._times, drop)

    def _pull(self, scopes: Sequence[str], together: int) -> None:
        """Whole scopes are applied together, so many that the own facts are not laid on anew for each of them."""
        ready, left = _Ready(), list(scopes)
        try:
            while left:
                self._status.change(pulled=len(scopes) - len(left), to_pull=len(scopes))
                whole = self._fetch(left[:together], ready)
                left = [scope for scope in left if scope not in whole]
                if ready.parts and ready.rows >= ROWS:
                    self._apply(ready)
                    ready = _Ready()
        except DomainError:
            self._apply(ready)
            raise
        self._apply(ready)

    def _fetch(self, scopes: Sequence[str], ready: _Ready) -> set[str]:
        """The next pages of the first of these scopes, or of all; answers which of them are whole by now."""
        with self._cache.reading() as db:
            asked, staged = next_cursors(db, scopes), staged_scopes(db)
        whole = set()
        for page in self._pages(asked):
            if self._take(page, asked[page.scope], page.scope in staged, ready):
                whole.add(page.scope)
            reach("pull-fetched")
        return whole

    def _take(self, page: ChangePage, cursor: Cursor, staged: bool, ready: _Ready) -> bool:
        """Where a scope has several pages they are staged, and a kill does not cost them; tells if it is whole."""
        if not (page.more or page.reset or staged):
            if page.rows or page.head is not None or page.cursor != cursor:
                ready.add(page)
            return True
        with self._cache.writing() as db:
            stage(db, page)
        ready.rows += len(page.rows)
        if not page.more:
            ready.add_staged(page.scope)
        return not page.more

    def _apply(self, ready: _Ready) -> None:
        """In one transaction, each with its cursor; where nothing has changed the cursors alone."""
        if ready.rows or ready.staged:
            self._overlay.redo(self._times, lambda db: self._write(db, ready))
            reach("pull-applied")
        elif ready.parts:
            with self._cache.writing() as db:
                self._write(db, ready)

    def _write(self, db: Connection, ready: _Ready) -> None:
        """After a reset nothing is settled that the server's lost past has answered: our facts are shown meanwhile."""
        for is_staged, parts in groupby(ready.parts, lambda part: isinstance(part, str)):
            if not is_staged:
                apply_pages(db, self._cache.synced, [part for part in parts if isinstance(part, ChangePage)])
                continue
            resets = [apply_staged(db, self._cache.synced, str(scope)) for scope in parts]
            if any(resets):
                set_mark(db, "settled", Mark())

    def _pages(self, asked: Mapping[str, Cursor]) -> Sequence[ChangePage]:
        """Of these scopes, in their order; raises ``ProtocolError`` for pages that are not what was asked for."""
        if len(asked) > 1:
            try:
                pages: Sequence[ChangePage] = self._transport.pages(asked)
            except Unreachable:
                self._together = max(
                    1, len(asked) // 2
                )  # a line that breaks often brings less, but brings it
                raise
        else:
            pages = [self._transport.changes(scope, cursor) for scope, cursor in asked.items()]
        in_order = [page.scope for page in pages] == list(asked)[: len(pages)]
        if not pages or not in_order or not all(_follows(page, asked[page.scope]) for page in pages):
            raise ProtocolError("pull-page", "服务器发来的数据不连续。")
        return pages

    def _settle(self, answered: Mark, stands: Callable[[Mark], bool]) -> None:
        """The server has shown all that it makes of these entries: what is left of ours on top of them goes."""
        with self._cache.reading() as db:
            settled = get_mark(db, "settled") == answered
            clean = db.execute(PROVISIONAL.select().limit(1)).first() is None
        if (settled and clean) or not stands(answered):
            return

        def move(db: Connection) -> None:
            set_mark(db, "settled", answered)
            release_held(db)

        self._overlay.redo(self._times, move)


def _follows(page: ChangePage, cursor: Cursor) -> bool:
    """Whether a page can be the one after a cursor: one that stands still would be asked for for ever."""
    stands = page.more and not page.reset and page.cursor == cursor
    return not stands and not (page.reset and cursor == Cursor())
