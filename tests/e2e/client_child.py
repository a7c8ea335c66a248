"""A device without a screen: writes facts through the real sync stack and says the id of each accepted one."""

import argparse
import random
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

import core.catalogue  # noqa: F401
from core.clock import SystemClock, day_of
from core.command import Command
from core.context import Actor
from core.errors import Refused
from core.logs import set_up
from core.visits.commands import AttemptFailed, FormSubmitted, VisitEnded, VisitStarted
from core.wire.sealing import seal_blob
from sync.device import Device, open_device
from sync.keys import choose_source, load_or_make
from sync.pairing import Pairing, paired
from tests.factories.devices import FACE, FIX

PLAN = "plan.json"
UP = "up"
"""The first line, once the files are open."""


class Plan(msgspec.Struct, frozen=True):
    """Who may do what where, as the test tells it."""

    people: list[str]
    projects: list[str]


class Fact(NamedTuple):
    """Something that happens at a site, with its photo."""

    command: Command
    actor: Actor
    blobs: list[bytes]


class People:
    """What people do at a site, drawn from a seed; most of it is refused, as the moment has it."""

    def __init__(self, plan: Plan, chance: random.Random, device_id: str) -> None:
        self._plan, self._chance, self._device_id = plan, chance, device_id

    def next(self) -> Fact:
        """Starts and ends mostly; now and then a form, or a stranger."""
        project, person = self._chance.choice(self._plan.projects), self._chance.choice(self._plan.people)
        [kind] = self._chance.choices([self._start, self._end, self._form, self._stranger], [40, 40, 2, 3])
        return kind(project, person)

    def _start(self, project: str, person: str) -> Fact:
        face, boxes = FACE, []
        if self._chance.random() < 0.2:
            box = seal_blob(self._chance.randbytes(3_000))
            face, boxes = msgspec.structs.replace(FACE, photo=box.digest), [box.box]
        command = VisitStarted(project_id=project, person_id=person, claims=False, face=face, fix=FIX)
        return Fact(command, Actor("person", person), boxes)

    def _end(self, project: str, person: str) -> Fact:
        command = VisitEnded(project_id=project, person_id=person, face=FACE, fix=FIX)
        return Fact(command, Actor("person", person), [])

    def _form(self, project: str, person: str) -> Fact:
        day = day_of(SystemClock().now()).isoformat()
        command = FormSubmitted(project_id=project, person_id=person, day=day, complete=False)
        return Fact(command, Actor("person", person), [])

    def _stranger(self, project: str, _person: str) -> Fact:
        command = AttemptFailed(project_id=project, action="start", reason="face.unknown")
        return Fact(command, Actor("device", self._device_id), [])


def opened(folder: Path) -> tuple[Device, Pairing]:
    """The paired device's parts, as its programs open them."""
    pairing = paired(folder)
    assert pairing is not None
    return open_device(folder, pairing, load_or_make(choose_source(folder, {})), SystemClock()), pairing


def say(word: str) -> None:
    """What is said here has happened, whatever becomes of this process."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def attend(device: Device, people: People, chance: random.Random) -> None:
    """One fact after the other, for ever, as fast as the seed says."""
    slowest = chance.choice([0.02, 0.1, 0.3])
    while True:
        fact = people.next()
        try:
            sealed = b'{"work":"x"}' if isinstance(fact.command, FormSubmitted) else None
            entry = device.submitter.submit(fact.command, fact.actor, sealed, fact.blobs)
        except Refused:
            continue
        say(entry.id)
        time.sleep(chance.random() * slowest)


def main() -> None:
    """Runs until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    told = parser.parse_args()
    set_up()
    plan = msgspec.json.decode((told.folder / PLAN).read_bytes(), type=Plan)
    chance = random.Random(told.seed)
    device, pairing = opened(told.folder)
    say(UP)
    device.worker.start()
    attend(device, People(plan, chance, pairing.device_id), chance)


if __name__ == "__main__":
    main()
