"""What a screen is, and the decorator by which it registers where it is defined."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from desktop.desk import Desk
from desktop.rights import Rights


class Screen(QWidget):
    """One place that the sidebar leads to."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def open(self, argument: str | None) -> None:
        """Come to the front, perhaps to show one thing."""

    def refresh(self) -> None:
        """Read again, because rows have changed; selection and place stay."""

    def back(self) -> bool:
        """One step back inside the screen; False if there is none."""
        return False

    def look_for(self) -> bool:
        """Give the focus to the screen's own search field; False if it has none."""
        return False


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """How a screen stands in the sidebar, and for whom."""

    key: str
    title: str
    icon: str
    order: int
    make: Callable[[Desk], Screen]
    visible: Callable[[Rights], bool]


_SPECS: dict[str, ScreenSpec] = {}
S = TypeVar("S", bound=type[Screen])


def screen(
    key: str, *, title: str, icon: str, order: int, visible: Callable[[Rights], bool] = lambda _rights: True
) -> Callable[[S], S]:
    """Registers a screen class."""

    def register(cls: S) -> S:
        if key in _SPECS:
            raise ValueError(f"screen {key} is registered twice")
        _SPECS[key] = ScreenSpec(key, title, icon, order, cls, visible)
        return cls

    return register


def all_screens() -> list[ScreenSpec]:
    """Every registered screen, in the sidebar's order."""
    return sorted(_SPECS.values(), key=lambda spec: spec.order)
