"""Brings the server's rows: every scope page by page, staged, then applied with its cursor in one transaction."""

from collections.abc import Callable

from sqlalchemy import Connection

from core.crashpoints import reach
from core.wire.push import ChangePage, Cursor
from sync.cache.answers import release_held
from sync.cache.apply import (
    apply_staged,
    drop_scope,
    has_staged,
    heads,
    held_scopes,
    next_cursor,
    set_cursor,
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
        for number, scope in enumerate(asked):
            self._status.change(pulled=number, to_pull=len(asked))
            self._pull(scope)
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

    def _pull(self, scope: str) -> None:
        with self._cache.reading() as db:
            cursor = next_cursor(db, scope)
        page = self._page(scope, cursor)
        if _is_quiet(page) and self._nothing_staged(scope):
            if page.cursor != cursor or page.head is not None:
                with self._cache.writing() as db:
                    set_cursor(db, page)
            return
        while True:
            with self._cache.writing() as db:
                stage(db, page)
            reach("pull-staged")
            if not page.more:
                break
            page = self._page(scope, page.cursor)
        self._overlay.redo(self._times, lambda db: self._apply(db, scope))
        reach("pull-applied")

    def _apply(self, db: Connection, scope: str) -> None:
        """After a reset nothing is settled that the server's lost past has answered: our facts are shown meanwhile."""
        if apply_staged(db, self._cache.synced, scope):
            set_mark(db, "settled", Mark())

    def _page(self, scope: str, cursor: Cursor) -> ChangePage:
        page = self._transport.changes(scope, cursor)
        stands = page.more and not page.reset and page.cursor == cursor
        if page.scope != scope or stands or (page.reset and cursor == Cursor()):
            raise ProtocolError("pull-page", "服务器发来的数据不连续。")
        return page

    def _nothing_staged(self, scope: str) -> bool:
        with self._cache.reading() as db:
            return not has_staged(db, scope)

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


def _is_quiet(page: ChangePage) -> bool:
    """Nothing has changed in this scope."""
    return not page.rows and not page.reset and not page.more
