"""Sync under everything that can go wrong; after each run everything is drained, and then it must all agree.

The clients, their journals, the server's reception and pull, and the handlers are the real ones.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fakes.network import PLAIN, TROUBLES, Dies
from tests.sync import people, trouble
from tests.sync.laws import ALWAYS, DRAINED, broken
from tests.sync.scene import DESKTOPS, DEVICES, KIOSKS, Scene, template

DEVICE = st.sampled_from(DEVICES)
KIOSK = st.sampled_from(KIOSKS)
DESKTOP = st.sampled_from(DESKTOPS)
VALUE = st.sampled_from("甲乙丙丁")
PROJECT = st.integers(0, 1)
WHO = st.integers(0, 2)
FAULT = st.sampled_from(["none"] * 5) | st.sampled_from(PLAIN) | st.sampled_from(TROUBLES)
FAULTS = st.lists(FAULT | st.builds(Dies, st.integers(0, 60)), max_size=8)
MOMENT = st.none() | st.integers(0, 20)
N = st.integers(0, 5)


class Sync(RuleBasedStateMachine):
    """Two kiosks, two desktops and a server; the twelve invariants are in ``laws``."""

    scene: Scene | None = None

    @initialize(
        days=st.lists(st.tuples(KIOSK, PROJECT, WHO), max_size=3),
        evaluated=st.booleans(),
        names=st.none() | st.tuples(VALUE, VALUE),
    )
    def begin(self, days: list[tuple[int, int, int]], evaluated: bool, names: tuple[str, str] | None) -> None:
        """Some of what takes many steps has happened: work that waits, an evaluation of a part of it, a conflict."""
        self.scene = Scene(template())
        for c, p, who in days:
            people.workday(self.scene, c, p, who)
        if days and evaluated:
            self.evaluate(days[0][0], 0)
        if names:
            self.clash(0, names)
            for c in DESKTOPS:
                trouble.sync(self.scene, c)

    # --- what people do

    @rule(c=KIOSK, p=PROJECT, who=WHO, photo=st.booleans())
    def start(self, c: int, p: int, who: int, photo: bool) -> None:
        people.start(self.scene, c, p, who, photo=photo)

    @rule(c=KIOSK, p=PROJECT, who=WHO)
    def end(self, c: int, p: int, who: int) -> None:
        people.end(self.scene, c, p, who)

    @rule(c=KIOSK, p=PROJECT, who=WHO)
    def form(self, c: int, p: int, who: int) -> None:
        people.form(self.scene, c, p, who)

    @rule(c=KIOSK, p=PROJECT, who=WHO)
    def workday(self, c: int, p: int, who: int) -> None:
        people.workday(self.scene, c, p, who)

    @rule(c=KIOSK, kind=st.sampled_from(["future", "nonsense", "impostor"]))
    def poison(self, c: int, kind: Any) -> None:
        people.poison(self.scene, c, kind)

    @rule(c=DESKTOP, p=PROJECT, group=st.sampled_from(["name", "client"]), value=VALUE)
    def edit(self, c: int, p: int, group: Any, value: str) -> None:
        people.edit(self.scene, c, value, p=p, group=group)

    @rule(p=PROJECT, values=st.tuples(VALUE, VALUE))
    def clash(self, p: int, values: tuple[str, str]) -> None:
        """Both desktops edit the same."""
        for c, value in zip(DESKTOPS, values, strict=True):
            people.edit(self.scene, c, value, p=p)

    @rule(c=DESKTOP, n=N, mine=st.booleans())
    def settle(self, c: int, n: int, mine: bool) -> None:
        """Somebody looks at what the server has, and chooses."""
        trouble.sync(self.scene, c)
        people.settle(self.scene, c, n, mine=mine)

    @rule(hired=st.integers(0, 3), p=PROJECT)
    def staff(self, hired: int, p: int) -> None:
        people.staff(self.scene, hired, p)

    @rule()
    def draft(self) -> None:
        people.draft(self.scene)

    @precondition(lambda self: self.scene.granted)
    @rule(n=N)
    def grant(self, n: int) -> None:
        people.grant(self.scene, n)

    @precondition(lambda self: self.scene.granted)
    @rule(n=N)
    def take(self, n: int) -> None:
        people.take(self.scene, n)

    @rule(c=KIOSK, n=N)
    def evaluate(self, c: int, n: int) -> None:
        """What a kiosk has goes to the server, and the contact looks at it."""
        trouble.sync(self.scene, c)
        people.evaluate(self.scene, n)

    @rule(c=DEVICE, sure=st.integers(0, 5))
    def revoke(self, c: int, sure: int) -> None:
        """Seldom: what is revoked does little afterwards."""
        if sure == 5:
            people.revoke(self.scene, c)

    @rule(c=DEVICE, release=st.booleans())
    def decide(self, c: int, release: bool) -> None:
        people.decide(self.scene, c, release=release)

    @rule(minutes=st.sampled_from([1, 30, 300, 1500]))
    def later(self, minutes: int) -> None:
        self.scene.later(minutes=minutes)

    # --- what befalls machines, and the ways between them

    @rule(c=DEVICE, faults=FAULTS, killed_at=MOMENT, restored_at=MOMENT)
    def sync(self, c: int, faults: list[Any], killed_at: int | None, restored_at: int | None) -> None:
        trouble.sync(self.scene, c, faults, killed_at=killed_at, restored_at=restored_at)

    @rule(c=DEVICE)
    def deliver(self, c: int) -> None:
        trouble.deliver(self.scene, c)

    @precondition(lambda self: self.scene.server.pushes)
    @rule(n=st.integers(0, 1000))
    def replay(self, n: int) -> None:
        trouble.replay(self.scene, n)

    @rule(c=DEVICE, keys=st.sampled_from(["same", "other"]))
    def exchange(self, c: int, keys: Any) -> None:
        trouble.exchange(self.scene, c, keys)

    @rule()
    def back_up(self) -> None:
        trouble.back_up(self.scene)

    @rule(n=N)
    def restore(self, n: int) -> None:
        trouble.restore(self.scene, n)

    @rule(c=DEVICE)
    def take_image(self, c: int) -> None:
        trouble.take_image(self.scene, c)

    @precondition(lambda self: self.scene.images)
    @rule(c=DEVICE, only=st.sampled_from(["", "journal.db", "cache.db"]))
    def image_back(self, c: int, only: Any) -> None:
        trouble.image_back(self.scene, c, only)

    @rule(c=DEVICE)
    def clone(self, c: int) -> None:
        trouble.clone(self.scene, c)

    @rule(c=DEVICE)
    def upgrade(self, c: int) -> None:
        trouble.upgrade(self.scene, c)

    @rule(c=DEVICE)
    def reboot(self, c: int) -> None:
        trouble.reboot(self.scene, c)

    @rule(c=DEVICE, hours=st.integers(-30, 30))
    def move_wall(self, c: int, hours: int) -> None:
        trouble.move_wall(self.scene, c, hours)

    @rule(c=KIOSK)
    def kill_between(self, c: int) -> None:
        trouble.kill_between(self.scene, c)

    # --- what must hold

    @invariant()
    def at_every_moment(self) -> None:
        """Those of the twelve that hold always."""
        if self.scene is not None:
            for one in broken(self.scene, ALWAYS):
                raise one

    def teardown(self) -> None:
        """Drains everything over a good network, and asks for all twelve."""
        if self.scene is None:
            return
        try:
            self.scene.drain()
            for one in broken(self.scene, DRAINED):
                raise one
        finally:
            self.scene.close()


LONG = settings(
    max_examples=min(2_000, settings().max_examples),
    stateful_step_count=min(50, settings().stateful_step_count * 2 // 3),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Other(Sync):
    """The same once more, so that two workers share the examples."""


Sync.TestCase.settings = Other.TestCase.settings = LONG
PATIENCE = pytest.mark.timeout(900 if LONG.max_examples < 1_000 else 0)
TestSync = PATIENCE(Sync.TestCase)
TestOther = PATIENCE(Other.TestCase)
