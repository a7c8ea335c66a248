"""Starts the desktop: ``python -m desktop``."""

import sys

from PySide6.QtWidgets import QApplication

from core.qt import theme
from desktop.app import Program
from desktop.settings import parse


def main(argv: list[str]) -> int:
    """Runs until the last window is closed."""
    settings = parse(argv)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("zhiye-desktop")
    theme.apply_desktop(app)
    program = Program(settings)
    app.aboutToQuit.connect(program.close)
    program.begin()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
