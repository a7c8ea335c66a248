"""The server's collector looks seldom, and still takes cycles away."""

import subprocess
import sys

PROGRAM = """
import gc, weakref
from core.garbage import YOUNG, collect_seldom
collect_seldom()
class Knot: pass
knot = Knot(); knot.itself = knot
gone = weakref.ref(knot); del knot
few = [[] for _ in range(1000)]
print(gone() is None, gc.isenabled())
many = [[] for _ in range(YOUNG)]
print(gone() is None)
"""


def test_a_cycle_lies_for_a_while_and_then_goes() -> None:
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "True", "True"]
