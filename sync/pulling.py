"""Brings the server's rows: every scope page by page, staged, then applied with its cursor in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from core.crashpoints import reach
from core.errors import DomainError
from core.wire.push import ChangePage, Cursor
from sync.cache.answers import release_held
from sync.cache.apply import (
    apply_page,
    apply_staged,
    drop_scope,
    has_staged,
    heads,
    held_scopes,
    next_cursor,
    stage,
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

    def run(self, answered: Mark, stands: Callable[[Mark], bool]) -> None:
        """Pulls everything; then the entries up to ``answered``, given before this pull, are the server's alone.

        ``stands`` asks whether the server still has them: it may have been restored since it answered.
        """
        answer = self._transport.scopes()
        scopes = answer.scopes
        if scopes:  # a server that shows nothing at all is not believed
            self.forget(lambda scope: scope not in scopes)
        with self._cache.reading() as db:
            known = heads(db)
        asked = [scope for scope in scopes if scope not in known or known[scope] != answer.heads.get(scope)]
        self._pull(asked)
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

    def _pull(self, scopes: Sequence[str]) -> None:
        """Whole scopes are applied together, so many that the own facts are not laid on anew for each of them."""
        ready = _Ready()
        try:
            for number, scope in enumerate(scopes):
                self._status.change(pulled=number, to_pull=len(scopes))
                self._fetch(scope, ready)
                reach("pull-fetched")
                if ready.rows >= ROWS:
                    self._apply(ready)
                    ready = _Ready()
        except DomainError:
            self._apply(ready)
            raise
        self._apply(ready)

    def _fetch(self, scope: str, ready: _Ready) -> None:
        """All pages of a scope; where there are several they are staged, and a kill does not cost them."""
        with self._cache.reading() as db:
            cursor, staged = next_cursor(db, scope), has_staged(db, scope)
        page = self._page(scope, cursor)
        if not (page.more or page.reset or staged):
            if page.rows or page.head is not None or page.cursor != cursor:
                ready.add(page)
            return
        while True:
            with self._cache.writing() as db:
                stage(db, page)
            ready.rows += len(page.rows)
            if not page.more:
                break
            page = self._page(scope, page.cursor)
        ready.add_staged(scope)

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
        for part in ready.parts:
            if isinstance(part, ChangePage):
                apply_page(db, self._cache.synced, part)
            elif apply_staged(db, self._cache.synced, part):
                set_mark(db, "settled", Mark())

    def _page(self, scope: str, cursor: Cursor) -> ChangePage:
        page = self._transport.changes(scope, cursor)
        stands = page.more and not page.reset and page.cursor == cursor
        if page.scope != scope or stands or (page.reset and cursor == Cursor()):
            raise ProtocolError("pull-page", "服务器发来的数据不连续。")
        return page

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
