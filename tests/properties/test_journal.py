"""Journals of real devices against a server that follows chains: restores, clones, kills and lost answers lose nothing.

The model in the specification, on the real journal file, the real chain rules and the real signatures.
"""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.wire.chain import broken_at, follow, link
from core.wire.envelope import content_hash, genesis
from core.wire.push import Head, PushRequest
from core.wire.signing import head_is_signed
from sync.journal.log import Journal
from tests.factories.wire import DEVICE_KEYS, PERSON, Desk


@dataclass
class Server:
    """Holds journals as bytes and counts each id once; backup and restore are copies of its state."""

    journals: dict[str, list[bytes]] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    tampered: list[str] = field(default_factory=list)

    def push(self, request: PushRequest) -> tuple[Head, bool]:
        """One push, as the API does it: signature, chain, then each id once."""
        end = request.head
        assert head_is_signed(DEVICE_KEYS.public, request.journal, end.dseq, end.hash, request.signature)
        held = [link(raw) for raw in self.journals.get(request.journal, [])]
        start = Head(dseq=0, hash=genesis(request.journal, DEVICE_KEYS.public))
        head = Head(dseq=len(held), hash=held[-1].hash) if held else start
        known = {one.entry.dseq: one.hash for one in held}
        links = [link(one.text.encode()) for one in request.entries]
        result = follow(head, known, request.journal, links)
        for one in result.new:
            self.journals.setdefault(request.journal, []).append(one.raw)
            if self.contents.setdefault(one.entry.id, content_hash(one.entry)) != content_hash(one.entry):
                self.tampered.append(one.entry.id)
        return result.head, result.fork

    def copy(self) -> "Server":
        """A backup."""
        return Server({key: list(value) for key, value in self.journals.items()}, dict(self.contents))


class Devices(RuleBasedStateMachine):
    """Three installations of one paired device: what a restored or cloned disk looks like to the server."""

    clients = st.integers(0, 2)

    @initialize()
    def begin(self) -> None:
        """Three empty disks and an empty server."""
        self.root = Path(tempfile.mkdtemp())
        self.desks = [Desk(self.root / f"disk{i}" / "journal.db") for i in range(3)]
        for desk in self.desks:
            desk.path.parent.mkdir()
        self.journals = [desk.open() for desk in self.desks]
        self.acked = [0, 0, 0]
        self.server = Server()
        self.backup: Server | None = None
        self.disks: dict[int, Path] = {}

    @rule(c=clients)
    def write(self, c: int) -> None:
        """Something happens at a site."""
        self.desks[c].clock.advance(seconds=30)
        self.journals[c].append("visits.start", 1, b'{"a": 1}', PERSON, sealed=b"{}")

    @rule(c=clients)
    def anchor(self, c: int) -> None:
        """The device asks for the time."""
        self.desks[c].anchor(self.journals[c])

    @rule(
        c=clients,
        n=st.integers(1, 4),
        fate=st.sampled_from(["ok", "lost", "unanswered", "twice", "stale", "cut"]),
    )
    def push(self, c: int, n: int, fate: str) -> None:
        """One push over a network that loses, doubles, replays."""
        request = self.journals[c].push_request(0 if fate == "stale" else self.acked[c], n)
        if request is None or fate == "lost":
            return
        if fate == "cut":
            request = self.journals[c].push_request(self.acked[c] + 1, n) or request
        head, fork = self.server.push(request)
        if fate == "twice":
            head, fork = self.server.push(request)
        if fate not in ("unanswered", "stale"):
            self._answered(c, head, fork)

    @rule(c=clients)
    def crash(self, c: int) -> None:
        """The program dies and starts again, perhaps in a new boot: what it knew in memory is gone."""
        self.journals[c].close()
        self.desks[c].clock.reboot()
        self.journals[c] = self.desks[c].open()
        self.acked[c] = 0

    @rule()
    def back_up_server(self) -> None:
        """A backup of the server."""
        self.backup = self.server.copy()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore_server(self) -> None:
        """The server forgets what came after its backup."""
        assert self.backup is not None
        self.server = self.backup.copy()

    @rule(c=clients)
    def back_up_disk(self, c: int) -> None:
        """An image of a device's disk."""
        self.disks[c] = self._image(c, self.root / f"image{c}")

    @rule(c=clients)
    def restore_disk(self, c: int) -> None:
        """The device goes back to its image."""
        if c in self.disks:
            self._replace(c, self.disks[c])

    @rule(a=clients, b=clients)
    def clone(self, a: int, b: int) -> None:
        """One disk is written over another: two devices with one key and one journal."""
        if a != b:
            self._replace(b, self._image(a, self.root / "clone"))

    def _answered(self, c: int, head: Head, fork: bool) -> None:
        if fork or not self.journals[c].holds(head):
            self.journals[c].rehome()
            self.acked[c] = 0
        else:
            self.acked[c] = head.dseq

    def _image(self, c: int, target: Path) -> Path:
        self.journals[c].close()
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.desks[c].path.parent, target)
        self.journals[c] = self.desks[c].open()
        return target

    def _replace(self, c: int, image: Path) -> None:
        self.journals[c].close()
        shutil.rmtree(self.desks[c].path.parent)
        shutil.copytree(image, self.desks[c].path.parent)
        self.journals[c] = self.desks[c].open()

    def _drain(self, journal: Journal) -> None:
        """Pushes until the server stands where the journal ends; a fork at most once per other clone."""
        head = Head(dseq=0, hash="")
        for _ in range(60):
            request = journal.push_request(head.dseq, 5)
            if request is None:
                return
            head, fork = self.server.push(request)
            if fork or not journal.holds(head):
                journal.rehome()
                head = Head(dseq=0, hash="")
        raise AssertionError("a journal never drains")

    def teardown(self) -> None:
        """Every entry that any disk holds reaches the server, once, in dense journals whose chains hold."""
        if not hasattr(self, "journals"):
            return
        before = set(self.server.contents)
        for journal in self.journals:
            self._drain(journal)
            assert journal.broken() is None
            assert set(journal.ids_after(0)) <= set(self.server.contents)
            journal.close()
        assert before <= set(self.server.contents)
        assert not self.server.tampered
        for name, entries in self.server.journals.items():
            start = Head(dseq=0, hash=genesis(name, DEVICE_KEYS.public))
            assert broken_at(start, name, [link(raw) for raw in entries]) is None
        shutil.rmtree(self.root)


TestDevices = Devices.TestCase
TestDevices.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
