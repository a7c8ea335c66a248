"""Puts one paired device's sync together: what kiosk and desktop open, and close again."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from core.clock import Clock
from core.wire.push import Head
from sync import leaving
from sync.blobs import Outbox
from sync.cache.overlay import Overlay
from sync.cache.rebuild import open_cache
from sync.cache.store import Cache, storage_trouble
from sync.engine import Engine
from sync.http import HttpTransport
from sync.journal.file import JOURNAL
from sync.journal.log import Journal
from sync.journal.models import Writer
from sync.journals import Journals
from sync.keys import DeviceSecrets
from sync.pairing import Pairing
from sync.status import StatusBoard
from sync.submit import Submitter
from sync.worker import Worker

_CACHE = "cache.db"


@dataclass(frozen=True, slots=True)
class Device:
    """The parts that a program uses; rows are read from ``cache.store``, changed only through ``submitter``."""

    pairing: Pairing
    cache: Cache
    journals: Journals
    outbox: Outbox
    submitter: Submitter
    transport: HttpTransport
    """For the program's own online calls, on one lane; the worker has others."""
    status: StatusBoard
    worker: Worker

    def close(self) -> None:
        """Takes no more commands, stops the worker and closes the files."""
        self.submitter.close()
        self.worker.stop()
        self.journals.close()
        self.cache.close()


def open_device(
    folder: Path,
    pairing: Pairing,
    secrets: DeviceSecrets,
    clock: Clock,
    *,
    verify: bool | str = True,
) -> Device:
    """Opens journal and cache and replays what a crash left between them; start the worker when the window stands.

    The program has imported its catalogue of features before. A full or failing disk is raised as ``Damaged``, and
    then nothing stays open.
    """
    with storage_trouble(folder / _CACHE), ExitStack() as undo:
        folder.mkdir(parents=True, exist_ok=True)
        keys = secrets.keys
        writer = Writer(pairing.device_id, keys.seed, keys.public, pairing.box_key)
        path, server_key = folder / JOURNAL, pairing.server_key
        journals = Journals(lambda: Journal(path, secrets.file_key, writer, clock), (server_key,))
        undo.callback(journals.close)
        cache = open_cache(folder / _CACHE, secrets.file_key, clock)
        undo.callback(cache.close)
        overlay = Overlay(cache, pairing.device_id)
        overlay.redo(journals.here())
        outbox, status = Outbox(folder / leaving.BLOBS), StatusBoard()
        undo.pop_all()

    def transport() -> HttpTransport:
        def left_to_bring() -> int:
            return status.now.waiting + status.now.unsent

        return HttpTransport(pairing, keys.seed, verify, left_to_bring, previous=secrets.previous)

    def left(journal: str, head: Head) -> None:
        leaving.mark(folder, journal, head)

    def engine() -> Engine:
        return Engine(cache, overlay, journals.here(), outbox, transport(), server_key, clock, status, left)

    worker = Worker(engine, status, transport())
    own = transport()
    submitter = Submitter(cache, overlay, journals, outbox, own, pairing.device_id, worker.wake, status)
    return Device(pairing, cache, journals, outbox, submitter, own, status, worker)
