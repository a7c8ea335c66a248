"""Rates with their trials and bounds, and thresholds found from scores (pure)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.face.types import Numbers

_Z = 1.959964
"""Two-sided 95 %."""
_RULE_OF_THREE = 3.0
_ENOUGH = 3
"""A threshold for a rate needs trials enough to expect this many errors; below, only a bound can be told."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something went wrong in how many trials; ``independent`` of them, if some only repeat others."""

    errors: int
    trials: int
    independent: int | None = None

    @property
    def value(self) -> float | None:
        """The share; None without a trial."""
        return self.errors / self.trials if self.trials else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """95 %: Wilson's interval, the rule of three where nothing or everything went wrong."""
        count = self.trials if self.independent is None else min(self.independent, self.trials)
        if not count or self.value is None:
            return None
        share, edge = self.value, min(1.0, _RULE_OF_THREE / count)
        if self.errors in (0, self.trials):
            return (0.0, edge) if self.errors == 0 else (1.0 - edge, 1.0)
        middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
        half = math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) * _Z / (1 + _Z**2 / count)
        return max(0.0, middle - half), min(1.0, middle + half)

    def plain(self) -> dict[str, Any]:
        """As JSON takes it."""
        low, high = self.bounds or (None, None)
        told = {"value": self.value, "errors": self.errors, "trials": self.trials, "low": low, "high": high}
        return told if self.independent is None else told | {"independent_trials": self.independent}

    def __str__(self) -> str:
        if self.value is None or self.bounds is None:
            return "no trial"
        low, high = self.bounds
        return f"{self.value:.3%} ({self.errors} of {self.trials}; 95 %: {low:.3%} to {high:.3%})"


def refused(own: Numbers, threshold: float, failures: int = 0) -> Rate:
    """Own scores below the threshold; a photo without a face is refused whatever the threshold."""
    return Rate(int((own < threshold).sum()) + failures, len(own) + failures)


def accepted(others: Numbers, threshold: float, failures: int = 0) -> Rate:
    """Strangers' scores that reach the threshold; a photo without a face reaches none."""
    return Rate(int((others >= threshold).sum()), len(others) + failures)


def threshold_at(others: Numbers, share: float, failures: int = 0) -> float:
    """The least threshold that no more than this share of strangers reach."""
    if not len(others):
        return -1.0
    ordered = np.sort(others)[::-1]
    allowed = int(share * (len(others) + failures) + 1e-9)
    return -1.0 if allowed >= len(ordered) else float(np.nextafter(ordered[allowed], np.inf))


def can_be_told(trials: int, share: float) -> bool:
    """Whether this many strangers can tell a rate at all."""
    return trials * share >= _ENOUGH


def accuracy(own: Numbers, others: Numbers, threshold: float, failures: int = 0) -> Rate:
    """Wrong answers among all pairs; a pair with a photo without a face is wrong whichever the truth."""
    wrong = int((own < threshold).sum()) + int((others >= threshold).sum()) + failures
    return Rate(wrong, len(own) + len(others) + failures)


def best_threshold(own: Numbers, others: Numbers) -> float:
    """The threshold with the fewest wrong answers, in the middle of the gap between two scores."""
    scores = np.unique(np.concatenate([own, others]))
    if not len(scores):
        return 0.0
    steps = np.concatenate([[scores[0] - 1e-6], (scores[:-1] + scores[1:]) / 2, [scores[-1] + 1e-6]])
    below = np.searchsorted(np.sort(own), steps)
    above = len(others) - np.searchsorted(np.sort(others), steps)
    return float(steps[int(np.argmin(below + above))])


def equal_error(own: Numbers, others: Numbers, failures: int = 0, others_failures: int = 0) -> float | None:
    """The rate at which as many own are refused as strangers accepted; who failed was refused, own or stranger."""
    if not len(own) + failures or not len(others) + others_failures:
        return None
    steps = np.unique(np.concatenate([own, others, [1.1]]))
    missed = (np.searchsorted(np.sort(own), steps) + failures) / (len(own) + failures)
    taken = (len(others) - np.searchsorted(np.sort(others), steps)) / (len(others) + others_failures)
    apart = missed - taken
    after = int(np.argmax(apart >= 0))
    if after == 0:
        return float(missed[0])
    # Between two scores both rates change in a step: the line through both steps crosses where they are equal.
    way = apart[after - 1] / (apart[after - 1] - apart[after])
    return float(missed[after - 1] + (missed[after] - missed[after - 1]) * way)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and 95 % quantile of times."""
    if not values:
        return {}
    return {"p50": float(np.median(values)), "p95": float(np.quantile(values, 0.95))}
