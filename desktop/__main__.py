"""Starts the desktop: ``python -m desktop``."""

import sys
from contextlib import suppress
from pathlib import Path

from PySide6.QtWidgets import QApplication

from core.logs import set_up
from core.qt import theme
from desktop.app import Program
from desktop.settings import parse


def main(argv: list[str]) -> int:
    """Runs until the last window is closed."""
    settings = parse(argv)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("zhiye-desktop")
    theme.apply_desktop(app)
    _open_log(settings.folder)
    program = Program(settings)
    app.aboutToQuit.connect(program.close)
    program.begin()
    return app.exec()


def _open_log(folder: Path) -> None:
    """Where the number of an unexpected error is found; a folder that can't be written is told by the window."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        set_up(file=folder / "desktop.log.jsonl")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
