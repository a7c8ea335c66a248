"""The list of screens: importing it registers each of them; a new screen is one line here."""

from desktop.screens.devices import view as devices
from desktop.screens.projects import view as projects
from desktop.screens.sync import view as sync

SCREENS = (projects, devices, sync)
