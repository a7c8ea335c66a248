"""What the kiosk's screens can be told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScreenSettings:
    """How the kiosk looks and how patient it is."""

    demo: bool = False
    """Shows 演示 on every screen: still pictures are taken for live, or the server was made by the demo."""
    full_screen: bool = True
    mirrored: bool = True
    idle_seconds: int = 60
    pause_seconds: int = 60
    device: str = ""
    """What this kiosk is called, for people who ask on the telephone."""
