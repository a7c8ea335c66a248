"""Breakings of the real code, a line each, with the invariant that must fail and a walk on which it does."""

import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from types import CodeType, FunctionType

from tests.sync import walks
from tests.sync.scene import Scene

Walk = Callable[[Scene], Iterator[None]]


@dataclass(frozen=True)
class Place:
    """A function as ``module:function`` or ``module:Class.function``, and what in it is changed into what."""

    where: str
    changes: tuple[tuple[str, str], ...]

    def function(self) -> FunctionType:
        """The function as it is."""
        module, _, path = self.where.partition(":")
        found = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        function = inspect.unwrap(found)  # type: ignore[arg-type]
        if not isinstance(function, FunctionType):
            raise TypeError(f"{self.where} is no function")
        return function

    def broken(self) -> CodeType:
        """The function's code with the changes; raises if what is to be changed is not there, once."""
        function = self.function()
        source = textwrap.dedent(inspect.getsource(function))
        source = source[source.index("def ") :]
        for right, wrong in self.changes:
            if source.count(right) != 1:
                raise LookupError(f"{self.where} no longer says: {right}")
            source = source.replace(right, wrong)
        namespace = dict(function.__globals__)
        exec(compile(source, self.where, "exec"), namespace)
        made = namespace[function.__name__]
        return made.__code__  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Mutant:
    """Which invariant has to fail, on which walk, and what is broken."""

    law: int
    walk: Walk
    places: tuple[Place, ...]


def _one(law: int, walk: Walk, where: str, *changes: str) -> Mutant:
    """A mutant in one place: right, wrong, right, wrong…"""
    pairs = tuple(zip(changes[::2], changes[1::2], strict=True))
    return Mutant(law, walk, (Place(where, pairs),))


_PUSH, _PULL, _APPLY = "sync.pushing:Pusher.run", "sync.pulling:Puller", "sync.cache.apply"
_TAKES = "core.journals.reception:_Reception"

MUTANTS: dict[str, Mutant] = {
    "the server says the head that it was told": _one(
        1,
        walks.server_comes_back,
        f"{_TAKES}.take",
        "head=followed.head,",
        "head=self._request.head,",
    ),
    "the head moves over what was not kept": _one(
        1,
        walks.one_visit,
        f"{_TAKES}.take",
        "self._keep(journal.id, followed.new, contents, rulings, settled)",
        "self._keep(journal.id, followed.new[:-1], contents, rulings, settled)",
    ),
    "the server looks for known ids in this journal only": _one(
        2,
        walks.image_comes_back,
        f"{_TAKES}._contents",
        "WHERE e.status <> 'tampered'",
        "WHERE e.journal_id = '{self._request.journal}'",
    ),
    "entries get new ids in a new journal": _one(
        12,
        walks.image_comes_back,
        "sync.journal.log:Journal.rehome",
        '{"journal": journal, "dseq": above.dseq + 1, "prev": above.hash}',
        '{"id": new_id(), "journal": journal, "dseq": above.dseq + 1, "prev": above.hash}',
    ),
    "the server follows a chain by its numbers": _one(
        3,
        walks.clone_is_cut,
        "core.wire.chain:follow",
        "or one.entry.prev != result.head.hash",
        "or False",
    ),
    "an entry names the first one as the one before": _one(
        3,
        walks.one_visit,
        "sync.journal.log:Journal._append",
        "prev=head.hash",
        "prev=self._start().hash",
    ),
    "a fork is seen by its numbers": Mutant(
        4,
        walks.image_comes_back,
        (
            Place(
                "core.wire.chain:follow",
                (
                    ("known.get(one.entry.dseq) != one.hash", "False"),
                    ("or one.entry.prev != result.head.hash", "or False"),
                ),
            ),
            Place(
                "sync.journal.reading:Reader.holds",
                (("head.hash == (", "mine is not None or head.hash == ("),),
            ),
        ),
    ),
    "the client trusts what it has sent": _one(
        4,
        walks.server_comes_back,
        _PUSH,
        "mark_at(self._journal, answer.head.dseq)",
        "mark_at(self._journal, request.head.dseq)",
    ),
    "a fork is answered by going on": _one(
        4,
        walks.image_comes_back,
        _PUSH,
        "if answer.fork or not self._journal.holds(answer.head):",
        "if False:",
    ),
    "a reset leaves the old rows": _one(
        5,
        walks.server_has_another_past,
        f"{_APPLY}:apply_staged",
        "drop_scope(db, tables, scope)",
        "pass",
    ),
    "a tombstone is passed over": _one(
        5,
        walks.somebody_leaves,
        f"{_APPLY}:_take_out",
        "rows.forget_unscoped(db, tables, gone)",
        "pass",
    ),
    "a cursor is a number": _one(
        5,
        walks.server_has_another_past,
        "core.journals.pull:_ours",
        "found |= {Cursor(seq=seq, rolling=rolling) for seq, rolling in rows} & wanted",
        "found |= {one for one in wanted if one.seq in {seq for seq, _rolling in rows}}",
    ),
    "a scope's head is a number": _one(
        5,
        walks.server_grows_as_far,
        f"{_PULL}.run",
        "known[scope] != answer.heads.get(scope)",
        "known[scope].seq != answer.heads[scope].seq",
    ),
    "answered drafts are laid over again": _one(
        5,
        walks.one_edit_after_another,
        "sync.cache.overlay:Overlay.redo",
        'get_mark(db, "settled").on(times.journal)',
        "0",
    ),
    "what a dying server has half done stays": _one(
        12,
        walks.server_dies,
        "core.db.store:Store.writing",
        "with self._writing() as db, db.begin():\n        yield db",
        "with self._writing() as db:\n        try:\n            yield db\n        finally:\n"
        "            db.connection().connection.driver_connection.commit()",
    ),
    "a lost scope stays": _one(
        5,
        walks.project_is_taken,
        f"{_PULL}.forget",
        "drop_scope(db, self._cache.synced, scope)",
        "pass",
    ),
    "the cursor moves with the page": _one(
        6,
        walks.killed_while_pulling,
        f"{_PULL}._take",
        "stage(db, page)",
        "from sync.cache.apply import set_cursor; stage(db, page); set_cursor(db, page)",
    ),
    "a page ends within a commit": _one(
        6,
        walks.many_pages,
        "core.journals.pull:_whole_commits",
        "return [row for row in rows if row.seq < cut_seq]",
        "return rows",
    ),
    "a cursor is moved without its rows": _one(
        6,
        walks.somebody_comes,
        f"{_APPLY}:apply_pages",
        "for page in pages for one in page.rows if",
        "for page in pages for one in page.rows[1:] if",
    ),
    "only what is new is judged": _one(
        7,
        walks.later_start_comes_first,
        "core.visits.component:connected",
        "while search.frontier:",
        "while False:",
    ),
    "a better time is kept to the journal": _one(
        7,
        walks.time_becomes_better,
        f"{_TAKES}._record",
        "retime(self._ctx, settled.changed)",
        "pass",
    ),
    "what a change finds told already stays as it is": _one(
        7,
        walks.staffed_in_the_same_moment,
        "core.command:conclude",
        "concluder(ctx)",
        "pass",
    ),
    "what was held once stays held": _one(
        5,
        walks.held_by_a_past_that_is_lost,
        "sync.cache.answers:let_go",
        "if held is None",
        "if True",
    ),
    "seals are not asked": _one(
        7,
        walks.late_after_a_seal,
        "core.visits.refold:judge_together",
        "source.seals_of(keys) if keys else ()",
        "()",
    ),
    "a poison entry breaks the push off": _one(
        8,
        walks.behind_poison,
        "core.journals.acceptance:accept",
        'return Ruling("void", error.rule, error.sentence)',
        "raise",
    ),
    "what a newer program wrote stops the journal": _one(
        8,
        walks.behind_future,
        "core.journals.acceptance:accept",
        "return HELD",
        'raise BadInput("future", "")',
    ),
    "a photo goes when it was sent": _one(
        9,
        walks.one_photo,
        "sync.uploading:Uploader._send",
        "if answer.durable and answer.digest == digest:",
        "if answer.digest == digest:",
    ),
    "a blob is taken for what it is called": _one(
        10,
        walks.photo_is_garbled,
        "core.attachments.folder_store:FolderIntake.keep",
        "if self._hash.hexdigest() != self._digest:",
        "if False:",
    ),
    "the later edit wins": _one(
        11,
        walks.two_edits,
        "core.drafts.merge:merge",
        "if standing == edit.seen:",
        "if True:",
    ),
    "the earlier edit wins": _one(
        11,
        walks.two_edits,
        "core.drafts.merge:merge",
        "clashes.append(Clash(edit.group, dict(edit.seen), standing, wanted))",
        "pass",
    ),
    "a row has one conflict at most": _one(
        11,
        walks.three_edits,
        "core.drafts.conflicts:keep",
        'f"{ctx.command_id}/{clash.group}"',
        'f"{row_id}/{clash.group}"',
    ),
    "an empty answer about scopes is believed": _one(
        12,
        walks.shown_nothing,
        f"{_PULL}.run",
        "if not scopes:",
        "if False:",
    ),
    "an empty answer about scopes settles what was answered": _one(
        12,
        walks.shown_nothing_of_a_fresh_fact,
        f"{_PULL}.run",
        "return",
        "return self._settle(answered, stands)",
    ),
    "a server that does not know the device is believed": _one(
        12,
        walks.exchanged,
        "sync.engine:Engine._failed",
        "isinstance(error, NotAllowed) and error.code == REVOKED",
        "isinstance(error, NotAllowed)",
    ),
    "after a reset nothing is laid over": _one(
        12,
        walks.restored_before_the_pull,
        f"{_PULL}._write",
        'set_mark(db, "settled", Mark())',
        "pass",
    ),
    "what was answered is believed to stand": _one(
        12,
        walks.restored_before_it_settles,
        f"{_PULL}._settle",
        "or not stands(answered)",
        "or False",
    ),
    "any entry's answer is taken for this one's": _one(
        12,
        walks.old_answer_before_it_settles,
        "sync.pushing:Pusher.stands",
        'told == [(place.id, "repeated")]',
        '[status for _id, status in told] == ["repeated"]',
    ),
}
