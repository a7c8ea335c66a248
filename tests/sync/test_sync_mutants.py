"""Each mechanism of sync, taken out on purpose, breaks the invariant that it is there for: none sleeps."""

import pytest

from tests.sync.laws import ALWAYS, DRAINED, broken, journals_are_whole
from tests.sync.mutants import MUTANTS, Walk
from tests.sync.scene import fresh_scene, template

STEPWISE = ALWAYS | {3: journals_are_whole}
WALKS = {mutant.walk.__name__: mutant.walk for mutant in MUTANTS.values()}


def broken_by(walk: Walk) -> set[int]:
    """The numbers of the invariants that a walk, or draining after it, breaks."""
    with fresh_scene() as scene:
        found = [one for _ in walk(scene) for one in broken(scene, STEPWISE)]
        scene.drain()
        found += broken(scene, DRAINED)
        return {one.number for one in found}


def test_every_invariant_has_its_mutant() -> None:
    assert {mutant.law for mutant in MUTANTS.values()} == set(DRAINED) == set(range(1, 13))


@pytest.mark.parametrize("name", WALKS)
def test_the_code_as_it_is_breaks_none(name: str) -> None:
    assert broken_by(WALKS[name]) == set()


@pytest.mark.parametrize("name", MUTANTS)
def test_without_it_the_invariant_breaks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template()  # by the code as it is
    mutant = MUTANTS[name]
    for place in mutant.places:
        monkeypatch.setattr(place.function(), "__code__", place.broken())
    assert mutant.law in broken_by(mutant.walk)
