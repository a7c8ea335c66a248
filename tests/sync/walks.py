"""Short walks of the machine's own steps; at each ``yield`` the laws that hold always are asked for."""

from collections.abc import Iterator

from tests.fakes.network import Dies
from tests.sync import people, trouble
from tests.sync.scene import Scene

Walk = Iterator[None]


def one_visit(scene: Scene) -> Walk:
    """Somebody begins and ends."""
    people.start(scene, 0)
    yield
    trouble.sync(scene, 0)
    yield
    scene.later(minutes=30)
    people.end(scene, 0)
    yield
    trouble.sync(scene, 0)
    yield


def image_comes_back(scene: Scene) -> Walk:
    """A disk image comes back after the server has had more, and other things happen on it."""
    people.start(scene, 0)
    trouble.take_image(scene, 0)
    yield
    scene.later(minutes=30)
    people.end(scene, 0)
    yield
    trouble.sync(scene, 0)
    trouble.image_back(scene, 0)
    scene.later(minutes=30)
    people.start(scene, 0, who=1)
    yield
    trouble.sync(scene, 0)
    yield


def clone_is_cut(scene: Scene) -> Walk:
    """Two devices go on in one journal, and of one push the beginning is missing."""
    trouble.clone(scene, 0)
    people.start(scene, 0)
    trouble.sync(scene, 0)
    yield
    people.start(scene, 1, who=1)
    people.start(scene, 1, who=2)
    trouble.sync(scene, 1, ["none", "cut first"])
    yield


def server_comes_back(scene: Scene) -> Walk:
    """The server has lost what it had acknowledged."""
    people.start(scene, 0)
    people.start(scene, 0, who=1)
    trouble.sync(scene, 0)
    yield
    trouble.restore(scene)
    yield
    trouble.sync(scene, 0)
    yield


def server_has_another_past(scene: Scene) -> Walk:
    """A restored server grows beyond where it was, with other people in the project."""
    people.staff(scene, 0)
    people.staff(scene, 3)
    trouble.sync(scene, 0)
    yield
    trouble.restore(scene)
    people.staff(scene, 2)
    people.edit(scene, 2, "甲")
    yield


def server_grows_as_far(scene: Scene) -> Walk:
    """A restored server comes to the very number at which it stood, in another way."""
    people.staff(scene, 0)
    trouble.sync(scene, 0)
    yield
    trouble.restore(scene)
    people.staff(scene, 1)
    yield


def server_dies(scene: Scene) -> Walk:
    """The server's process ends within a push."""
    people.start(scene, 0)
    yield
    for at in range(30, 44, 3):
        trouble.sync(scene, 0, ["none", Dies(at)])
        yield


def somebody_leaves(scene: Scene) -> Walk:
    """Who leaves a project leaves no face behind."""
    people.staff(scene, 1)
    yield
    trouble.sync(scene, 0)
    yield


def somebody_comes(scene: Scene) -> Walk:
    """People leave a project and come back."""
    people.staff(scene, 0)
    trouble.sync(scene, 0)
    yield
    people.staff(scene, 3)
    trouble.sync(scene, 0)
    yield


def project_is_taken(scene: Scene) -> Walk:
    """A project comes, its people's faces come, and a day after its end they go."""
    people.draft(scene)
    people.grant(scene, 0)
    trouble.sync(scene, 0)
    yield
    people.take(scene, 0)
    scene.later(minutes=1500)
    trouble.sync(scene, 0)
    yield


def many_pages(scene: Scene) -> Walk:
    """More has happened in a project than a page holds."""
    for hired in (0, 3, 0, 3, 0, 3):
        people.staff(scene, hired)
    trouble.sync(scene, 0)
    yield


def killed_while_pulling(scene: Scene) -> Walk:
    """The program ends between two pages of a scope."""
    for hired in (0, 3, 0, 3, 0, 3):
        people.staff(scene, hired)
    for moment in range(6, 14):
        trouble.sync(scene, 0, killed_at=moment)
        yield


def later_start_comes_first(scene: Scene) -> Walk:
    """One person begins at two sites without a network; the later start arrives first (S-12)."""
    people.start(scene, 0)
    scene.later(minutes=1)
    people.start(scene, 1, p=1)
    scene.later(minutes=30)
    people.end(scene, 0)
    people.end(scene, 1, p=1)
    yield
    trouble.sync(scene, 1)
    yield
    trouble.sync(scene, 0)
    yield


def time_becomes_better(scene: Scene) -> Walk:
    """A fact arrives before the anchor that proves its time (S-11)."""
    trouble.reboot(scene, 0)
    trouble.move_wall(scene, 0, 5)
    people.start(scene, 0)
    yield
    slow = iter([True])
    device = scene.devices[0]
    device.network.watch = lambda what: (
        device.clock.advance(seconds=11) if what == "time asked" and next(slow, False) else None
    )
    scene.round(device)
    device.network.watch = lambda _what: None
    yield
    trouble.sync(scene, 0)
    yield


def late_after_a_seal(scene: Scene) -> Walk:
    """A day is evaluated, and then a start of it arrives that would have displaced what counted (S-18)."""
    people.start(scene, 1, p=1)
    scene.later(minutes=10)
    people.start(scene, 0)
    scene.later(minutes=60)
    people.end(scene, 0)
    people.form(scene, 0)
    yield
    trouble.sync(scene, 0)
    people.evaluate(scene)
    yield
    trouble.sync(scene, 1)
    yield


def behind_poison(scene: Scene) -> Walk:
    """A visit behind an entry that makes no sense."""
    people.poison(scene, 0, "nonsense")
    people.start(scene, 0)
    yield
    trouble.sync(scene, 0)
    yield


def behind_future(scene: Scene) -> Walk:
    """A visit behind an entry of a newer program."""
    people.poison(scene, 0, "future")
    people.start(scene, 0)
    yield
    trouble.sync(scene, 0)
    yield


def one_photo(scene: Scene) -> Walk:
    """A photo is sent before any backup was made."""
    people.start(scene, 0, photo=True)
    yield
    trouble.sync(scene, 0)
    yield


def photo_is_garbled(scene: Scene) -> Walk:
    """A bit of a photo turns over on the way."""
    people.start(scene, 0, photo=True)
    yield
    trouble.sync(scene, 0, ["garbled"] * 20)
    yield


def two_edits(scene: Scene) -> Walk:
    """Two desktops give a project two names."""
    people.edit(scene, 2, "甲")
    people.edit(scene, 3, "乙")
    yield
    trouble.sync(scene, 2)
    trouble.sync(scene, 3)
    yield


def one_edit_after_another(scene: Scene) -> Walk:
    """The second name is given by somebody who has seen the first."""
    people.edit(scene, 2, "甲")
    trouble.sync(scene, 2)
    trouble.sync(scene, 3)
    yield
    people.edit(scene, 3, "乙")
    trouble.sync(scene, 3)
    trouble.sync(scene, 2)
    yield


def three_edits(scene: Scene) -> Walk:
    """A third name comes from a desktop that has not synced since."""
    people.edit(scene, 2, "甲")
    people.edit(scene, 3, "乙")
    people.edit(scene, 3, "丙")
    trouble.take_image(scene, 3)
    yield
    trouble.sync(scene, 2)
    trouble.sync(scene, 3)
    yield


def shown_nothing(scene: Scene) -> Walk:
    """A server answers that there is nothing for this device."""
    people.start(scene, 0)
    trouble.sync(scene, 0)
    yield
    trouble.sync(scene, 0, ["none", "none", "shows nothing", "shows nothing"])
    yield


def shown_nothing_of_a_fresh_fact(scene: Scene) -> Walk:
    """A server has just taken a fact, and answers that there is nothing for this device."""
    people.start(scene, 0)
    yield
    trouble.sync(scene, 0, ["none", "none", "shows nothing"])
    yield


def exchanged(scene: Scene) -> Walk:
    """Another server stands in the place of ours."""
    people.start(scene, 0)
    trouble.exchange(scene, 0, "same")
    yield
    trouble.exchange(scene, 0, "other")
    yield


def restored_before_the_pull(scene: Scene) -> Walk:
    """The server goes back to its beginning after it has taken the push."""
    people.start(scene, 0)
    trouble.sync(scene, 0)
    yield
    trouble.sync(scene, 0, restored_at="scopes asked")
    yield


def restored_before_it_settles(scene: Scene) -> Walk:
    """The server goes back while a fact that it has just taken is pulled."""
    people.start(scene, 0)
    yield
    trouble.sync(scene, 0, restored_at="scopes asked")
    yield


def old_answer_before_it_settles(scene: Scene) -> Walk:
    """The same, and to the question whether it still has the fact comes what it said of an earlier entry."""
    trouble.sync(scene, 0)
    people.start(scene, 0)
    yield
    trouble.sync(scene, 0, ["none", "none", "none", "old answer"], restored_at="scopes asked")
    yield


def staffed_in_the_same_moment(scene: Scene) -> Walk:
    """Somebody fills the form, the server has it, and in that very millisecond he is taken from the project."""
    people.workday(scene, 0)
    yield
    trouble.sync(scene, 0)
    yield
    people.staff(scene, 0)
    yield


def held_by_a_past_that_is_lost(scene: Scene) -> Walk:
    """A server that distrusted a desktop is restored to before that and takes its draft; the answer is lost.

    Then somebody else goes on from there.
    """
    people.edit(scene, 2, "乙")
    trouble.back_up(scene)
    people.revoke(scene, 2)
    trouble.sync(scene, 2)
    yield
    trouble.restore(scene, 99)
    trouble.sync(scene, 2, ["none", "lose answer"])
    yield
    trouble.sync(scene, 3)
    people.edit(scene, 3, "丙")
    trouble.sync(scene, 3)
    yield
