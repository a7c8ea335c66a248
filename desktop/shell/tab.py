"""What a tab of a detail is: it shows one subject, and is told again when rows have changed."""

from PySide6.QtWidgets import QWidget

from desktop.desk import Desk


class Part(QWidget):
    """One tab; showing the same subject again keeps selection and place."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.project_id = ""

    def show_project(self, project_id: str) -> None:
        """Show this project; called also when rows of it may have changed."""
        other = project_id != self.project_id
        self.project_id = project_id
        if other:
            self.clear()
        self.read()

    def clear(self) -> None:
        """Another project: forget selection and what is shown."""

    def read(self) -> None:
        """Read what is shown, in a lane."""
