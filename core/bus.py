"""The one door for every change: permission, handler, audit, stamped rows — in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Select, Text, insert, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts.roles import require
from core.audit import recorder
from core.audit.recorder import Deed
from core.command import (
    Command,
    FactOutcome,
    conclude,
    fact_handler_of,
    handler_of,
    preparation_of,
    spec_of,
)
from core.context import Actor, Context
from core.db.base import Base, Id
from core.db.changes import Commit, next_rolling
from core.db.changes import head as commit_head
from core.db.store import COMMIT_LOCK, FACTS_LOCK, Store
from core.db.vault import Vault
from core.errors import BadInput, Conflict, DomainError, Refused
from core.form import require_form

CONFLICTING = "同一处内容已被他人修改，两份都已保留，请选择其一"


class CommandResult(Base):
    """The answer that an online command was given, kept so that the same command twice is one command."""

    __tablename__ = "command_result"

    command_id: Mapped[str] = mapped_column(Id, primary_key=True)
    request: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)


def naming(row_id: str) -> Select[str]:
    """The ids of the commands whose answers name a row: those that made it, above all."""
    return select(CommandResult.command_id).where(CommandResult.answer.contains(row_id, autoescape=True))


class Fact(msgspec.Struct, frozen=True):
    """A fact on its way through the bus: the decoded command, its actor, device, trusted time and entry hash."""

    id: str
    command: Command
    actor: Actor
    device_id: str | None
    t_ms: int
    proof: str
    digest: str
    sealed: dict[str, Any] | None = None


@dataclass(slots=True)
class Outcome:
    """What an online command answered, and which rows it touched as (table, id)."""

    answer: dict[str, Any]
    touched: list[tuple[str, str]] = field(default_factory=list)
    repeated: bool = False


@dataclass(slots=True)
class Work:
    """One open transaction of the bus: its context, and the deeds that the audit log will get."""

    ctx: Context
    deeds: list[Deed] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)


@contextmanager
def _as_sentences() -> Iterator[None]:
    """What only the database's constraints saw is told like everything else that is refused."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict("taken", "编号或内容与已有的记录重复", "请刷新后核对，再重新提交") from error
    except (DataError, OverflowError) as error:
        raise BadInput("commands.body", "内容过长或格式不正确", "请缩短或改正后再提交") from error


class Bus:
    """Runs commands and records facts on one store.

    ``ledger`` is off on a device: there the journal is the record, and the server's log is the law.
    """

    def __init__(self, store: Store, *, vault: Vault | None = None, ledger: bool = True) -> None:
        self.store = store
        self._vault = vault
        self._ledger = ledger

    @contextmanager
    def transaction(
        self, actor: Actor, device_id: str | None = None, *, facts: bool = False
    ) -> Iterator[Work]:
        """One transaction; at its end the commit takes its place in the sequence and the audit chain."""
        with self.store.writing() as db:
            if facts:
                self.store.lock(db, FACTS_LOCK)
            ctx = Context(db, self.store.now_ms(db), actor, device_id, not self._ledger, self._vault)
            work = Work(ctx)
            yield work
            db.flush()
            if self._ledger:
                conclude(ctx)
                db.flush()
            self._seal(work)
        for action in work.after_commit:
            action()

    def _seal(self, work: Work) -> None:
        """Writes audit, stamps and the commit row last, under the lock that makes their order the commit order."""
        if not self._ledger or not (work.deeds or work.ctx.stamps):
            return
        db = work.ctx.db
        self.store.lock(db, COMMIT_LOCK)
        audit_head = recorder.append(db, work.ctx.now_ms, work.deeds)
        connection = db.connection()
        seq, rolling = commit_head(connection)
        work.ctx.stamps.write(connection, seq + 1)
        row = {
            "seq": seq + 1,
            "at_ms": work.ctx.now_ms,
            "audit_head": audit_head,
            "rolling": next_rolling(rolling, audit_head, work.ctx.stamps.digest()),
        }
        connection.execute(insert(Commit), [row])

    def run(
        self, command: Command, *, actor: Actor, command_id: str, device_id: str | None = None
    ) -> Outcome:
        """Runs an online command once, whatever happens to its answer on the way.

        Raises the ``DomainError`` of the permission or the rule that refuses; the refusal is audited.
        It shares the facts' lock: nothing that facts are judged by changes while they are judged, and what
        one command has looked up no other changes before it commits.
        """
        spec = spec_of(type(command))
        require_form(command)
        body = command.committed()
        deed = Deed(actor, device_id, spec.name, spec.version, command_id, "accepted", body=body)
        try:
            prepared = self._prepared(command, deed)
            with _as_sentences(), self.transaction(actor, device_id, facts=True) as work:
                work.ctx.prepared, work.ctx.command_id = prepared, command_id
                done = self._repeated(work.ctx, deed)
                if done is not None:
                    return Outcome(done, repeated=True)
                require(work.ctx, spec.permission, command.subject())
                answer = handler_of(type(command))(work.ctx, command) or {}
                work.deeds.append(deed)
                work.ctx.db.add(
                    CommandResult(
                        command_id=command_id, request=spec.name, answer=msgspec.json.encode(answer).decode()
                    )
                )
            return Outcome(answer, work.ctx.stamps.touched())
        except DomainError as refusal:
            self._audit_refusal(deed, refusal)
            raise

    def _prepared(self, command: Command, deed: Deed) -> Any:
        """Does what takes long before the locks are taken: for who has the right, and not when the command repeats."""
        prepare = preparation_of(type(command))
        if prepare is None:
            return None
        with self.store.reading() as db:
            if db.get(CommandResult, deed.command_id) is not None:
                return None
            ctx = Context(db, self.store.now_ms(db), deed.actor, deed.device_id)
            require(ctx, spec_of(type(command)).permission, command.subject())
        return prepare(self.store, deed.actor, command)

    def _repeated(self, ctx: Context, deed: Deed) -> dict[str, Any] | None:
        """The answer that was given to the same command; refuses another one that comes under its id."""
        known = ctx.db.get(CommandResult, deed.command_id)
        if known is None:
            return None
        if known.request != deed.command or (self._ledger and not recorder.is_same(ctx.db, deed)):
            raise Refused(
                "command-id-taken", "这个操作编号已被另一个操作使用", "请重新打开页面再试一次", rule="U-1"
            )
        answer: dict[str, Any] = msgspec.json.decode(known.answer)
        return answer

    def _audit_refusal(self, deed: Deed, refusal: DomainError) -> None:
        """Keeps the refusal in the log in a transaction of its own: the command's was rolled back."""
        if not self._ledger:
            return
        with self.transaction(deed.actor, deed.device_id) as work:
            work.deeds.append(replace(deed, outcome=f"refused:{refusal.code}"[:60]))

    def record(self, work: Work, facts: Sequence[Fact]) -> list[FactOutcome]:
        """Records what a journal brings inside an open transaction.

        Facts set-wise: judged, never refused (S-18). Drafts one by one, with the rights that hold now.
        """
        found: dict[bool, list[Fact]] = {True: [], False: []}
        for fact in facts:
            found[spec_of(type(fact.command)).offline == "draft"].append(fact)
        outcomes = [self._carry_out(work, draft) for draft in found[True]]
        outcomes += self._record_facts(work, found[False])
        if self._ledger:
            work.deeds += self._fact_deeds(facts, outcomes)
        return outcomes

    def _carry_out(self, work: Work, draft: Fact) -> FactOutcome:
        """Carries a draft out as its actor; a refusal undoes it alone and is its verdict."""
        command = draft.command
        work.ctx.db.flush()  # what others changed before is stamped as theirs, whatever becomes of this one
        try:
            with (
                _as_sentences(),
                work.ctx.acting(draft.actor, draft.id) as ctx,
                ctx.db.begin_nested(),
            ):
                if self._ledger:  # on a device the rows that give rights are not complete: the server decides
                    require(ctx, spec_of(type(command)).permission, command.subject())
                answer = handler_of(type(command))(ctx, command) or {}
                ctx.db.flush()
        except DomainError as refusal:
            return FactOutcome(draft.id, "void", refusal.rule, refusal.sentence)
        return FactOutcome(draft.id, "recorded", None, CONFLICTING if answer.get("conflicts") else None)

    @staticmethod
    def _record_facts(work: Work, facts: Sequence[Fact]) -> list[FactOutcome]:
        outcomes: list[FactOutcome] = []

        def handler(fact: Fact) -> int:
            return id(fact_handler_of(spec_of(type(fact.command)).name))

        for _key, group in groupby(sorted(facts, key=handler), key=handler):
            batch = list(group)
            name = spec_of(type(batch[0].command)).name
            outcomes += fact_handler_of(name)(work.ctx, batch)
        return outcomes

    @staticmethod
    def _fact_deeds(facts: Sequence[Fact], outcomes: Sequence[FactOutcome]) -> list[Deed]:
        by_id = {outcome.fact_id: outcome for outcome in outcomes}
        deeds = []
        for fact in facts:
            outcome, spec = by_id[fact.id], spec_of(type(fact.command))
            said = outcome.status if outcome.rule is None else f"{outcome.status}:{outcome.rule}"
            deeds.append(
                Deed(
                    fact.actor,
                    fact.device_id,
                    spec.name,
                    spec.version,
                    fact.id,
                    said[:60],
                    digest=fact.digest,
                )
            )
        return deeds
