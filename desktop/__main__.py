"""Starts the desktop: ``python -m desktop``."""

import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtWidgets import QApplication

from core.errors import DomainError
from core.logs import set_up
from core.qt import theme
from desktop.app import Program
from desktop.settings import Settings, parse
from sync.qt import rotate_key
from sync.web import trusted


def main(argv: list[str]) -> int:
    """Runs until the last window is closed."""
    settings = parse(argv)
    if settings.rotate_key:
        return _rotate_key(settings)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("zhiye-desktop")
    theme.apply_desktop(app)
    _open_log(settings.folder)
    program = Program(settings)
    app.aboutToQuit.connect(program.close)
    program.begin()
    return app.exec()


def _rotate_key(settings: Settings) -> int:
    """Changes the key and ends; trouble is a sentence and a hint on the console."""
    try:
        rotate_key(settings.folder, trusted(settings.certificates))
    except DomainError as error:
        sys.stderr.write(f"{error.sentence}\n{error.hint}\n")
        return 2
    return 0


def _open_log(folder: Path) -> None:
    """Where the number of an unexpected error is found; a folder that can't be written is told by the window."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        set_up(file=folder / "desktop.log.jsonl")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
