"""What a tab of a detail is: it shows one subject, and is told again when rows have changed."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from core.qt.tasks import Explain
from desktop.desk import Desk
from desktop.shell.loading import Loader

Result = TypeVar("Result")


class Part(QWidget):
    """One tab; showing the same subject again keeps selection and place."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.project_id = ""
        self._loaders: list[Loader[object]] = []

    def loader(
        self, show: Callable[[Result], None], explain: Explain | None = None, lane: str = "read"
    ) -> Loader[Result]:
        """A loader whose answers about another project are never shown."""
        made: Loader[Result] = Loader(self.desk.tasks, show, explain, lane)
        self._loaders.append(made)  # type: ignore[arg-type]
        return made

    def show_project(self, project_id: str) -> None:
        """Show this project; called also when rows of it may have changed."""
        other = project_id != self.project_id
        self.project_id = project_id
        if other:
            for loader in self._loaders:
                loader.forget()
            self.clear()
        self.read()

    def clear(self) -> None:
        """Another project: forget selection and what is shown."""

    def read(self) -> None:
        """Read what is shown, in a lane."""
