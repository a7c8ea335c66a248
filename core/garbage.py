"""Lets Python's cyclic collector look less often where much is made at once and hardly anything is cyclic."""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""Thresholds of the three generations. With Python's own (700, 10, 10) the collector takes a fifth of the time in
which a server judges a batch of facts; these let some megabytes more lie before it looks."""


def collect_seldom() -> None:
    """For a program without windows, once it has imported what it needs; ``core/qt/collector.py`` is for the others."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
