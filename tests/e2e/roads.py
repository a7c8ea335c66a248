"""A server's process, a device in the test's own, and the network between them."""

import random
from contextlib import ExitStack
from pathlib import Path

from core.errors import Refused
from core.visits.commands import FormSubmitted
from sync.device import Device
from tests.e2e.bad_network import BadNetwork, Fate
from tests.e2e.campaign import sync
from tests.e2e.client_child import People, Plan, opened
from tests.e2e.client_process import ClientProcess
from tests.e2e.processes import ServerProcess
from tests.factories.world import World


class Road:
    """A server's process, a device in this one, and the network between them."""

    def __init__(self, server: Path, device: Path, stack: ExitStack) -> None:
        """The folders are made in here."""
        self.server, self.folder = ServerProcess(server), device
        server.mkdir()
        self.world: World = self.server.seed(members=4, projects=4)
        code = self.server.pairing_code(self.world)
        self.network = BadNetwork(self.server.port)
        stack.callback(self.network.close)
        stack.callback(self.server.kill)
        self.server.start()
        ClientProcess(device).pair(self.network.address, code, self.world)
        self.reopen()
        stack.callback(lambda: self.device.close())
        self.round()

    def reopen(self) -> None:
        """The program starts again."""
        self.device: Device = opened(self.folder)[0]

    def fate(self, fate: Fate, path: str = "") -> None:
        """What befalls every request from now on, or those whose first line names this path."""
        self.network.fate = lambda line: fate if path in line else "well"

    def round(self) -> None:
        """One round, as by a program that has just been started: it tries every photo at once."""
        sync(self.device)

    def people(self, chance: random.Random) -> People:
        """Who is at the sites."""
        plan = Plan(self.world.members, self.world.projects)
        return People(plan, chance, self.device.pairing.device_id)


def attend(device: Device, people: People) -> str | None:
    """One fact, if the moment allows it."""
    fact = people.next()
    sealed = b'{"work":"x"}' if isinstance(fact.command, FormSubmitted) else None
    try:
        return device.submitter.submit(fact.command, fact.actor, sealed, fact.blobs).id
    except Refused:
        return None
