"""Durations of which some were not watched to their end: what can be said without dropping them.

The estimator of Kaplan and Meier (JASA 53, 1958): whoever left, or was still waiting when the
watching ended, counts among those at risk for as long as they were seen, and no longer. It takes
leaving for unrelated to how much longer the wait would have been. Leaves out intervals: they come
from replications.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.history import Column

_ROUNDING = 1e-12  # a share is a product of fractions; this forgives its last bits


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds that something lasted; where `ended` is false it lasted longer than it was seen."""

    lasted_s: Column
    ended: Column

    def curve(self) -> tuple[Column, Column]:
        """`(time_s, share)`: the share that lasts longer than each duration seen, ascending."""
        time_s, place = np.unique(self.lasted_s, return_inverse=True)
        ends = np.bincount(place[self.ended], minlength=len(time_s))
        gone = np.bincount(place, minlength=len(time_s))
        at_risk = len(place) - np.cumsum(gone) + gone
        return time_s, np.cumprod(1.0 - ends / at_risk)

    def quantile(self, share: float) -> float | None:
        """The shortest duration seen within which `share` ended; inf for never, None of none."""
        if not len(self.lasted_s):
            return None
        time_s, lasting = self.curve()
        within = lasting <= 1.0 - share + _ROUNDING
        return float(time_s[np.argmax(within)]) if within.any() else math.inf

    def mean_s(self, until_s: float) -> float | None:
        """Mean of what lasts, counted up to `until_s` (the restricted mean); None of none.

        What was not seen to end within the longest watch is taken to last until `until_s`.
        """
        if not len(self.lasted_s):
            return None
        time_s, lasting = self.curve()
        edges_s = np.concatenate([[0.0], np.minimum(time_s, until_s), [until_s]])
        return math.fsum(np.concatenate([[1.0], lasting]) * np.diff(edges_s))
