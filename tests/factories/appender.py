"""A child process that appends to a journal and says each id once it is durable, until it is killed."""

import sys
from pathlib import Path

from core.clock import SystemClock
from sync.journal.log import Journal
from tests.factories.wire import FILE_KEY, PERSON, writer

if __name__ == "__main__":
    journal = Journal(Path(sys.argv[1]), FILE_KEY, writer(), SystemClock())
    while True:
        sys.stdout.write(journal.append("visits.start", 1, b'{"a":1}', PERSON, sealed=b"{}").id + "\n")
        sys.stdout.flush()
