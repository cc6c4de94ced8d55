"""Quantiles over everything owed in all replications together; what never came took for ever.

The mean of each replication's own quantile is another figure: one bad run moves it as far as ten
good ones. The interval is Woodruff's (1952): the share that took longer than the quantile is a
rate with an interval over whole replications, and the quantiles at that interval's ends are the
ends. It covers 92 % or more where resampling replications (percentile bootstrap) covers 72 % with
three of them and 83 % with five, and an end beyond what came is infinite by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.experiment.statistics.intervals import LEAST, LEVEL, Interval, rate_interval, too_few
from sim.metrics.sample import rank
from sim.numbers import written

BEYOND: Final = 10  # receptions beyond a quantile; fewer do not place it
SURE: Final = 1 - 1e-4
"""A quantile that has no error is one for any test that it takes part in, however many there are
and whatever level they are corrected to: it has to be surer than they are."""
Counts: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """Samples of several replications: `within[r, k]` of the `owed[r]` of replication r came by
    `values_s[k]`; `came` is the same for all together."""

    owed: Counts
    values_s: npt.NDArray[np.float64]
    within: Counts
    came: Counts

    @classmethod
    def of(cls, samples: Sequence[Mapping[str, Any]]) -> Pool:
        """From stored samples, one a replication."""
        given = [np.asarray(one["values_s"], dtype=float) for one in samples]
        values_s, at = np.unique(np.concatenate(given), return_inverse=True)
        counts = np.zeros((len(samples), len(values_s)), dtype=np.int64)
        row = np.repeat(np.arange(len(samples)), [len(one) for one in given])
        counts[row, at] = np.concatenate([np.asarray(one["counts"], dtype=int) for one in samples])
        owed = np.array([one["owed"] for one in samples], dtype=np.int64)
        within = counts.cumsum(axis=1)
        return cls(owed, values_s, within, within.sum(axis=0))

    def drawn(self, replications: npt.NDArray[np.int64]) -> Pool:
        """The same of these replications, which may repeat."""
        within = self.within[replications]
        return Pool(self.owed[replications], self.values_s, within, within.sum(axis=0))

    def quantile(self, share: float) -> float:
        """The smallest time within which `share` of everything owed came, or infinity."""
        return self._within(rank(int(self.owed.sum()), share) + 1)

    def interval(self, share: float, level: float = LEVEL) -> Interval:
        """The quantile and where it may lie."""
        value, count = self.quantile(share), len(self.owed)
        if count < LEAST:
            return Interval(value, None, None, too_few(count))
        least, most = self._beyond(value, share, level, level)
        return Interval(value, self._exceeded_by(most), self._exceeded_by(least), "Woodruff")

    def influences(self, share: float, level: float = LEVEL) -> npt.NDArray[np.float64] | None:
        """The quantile and, to first order, what each replication did to it: their mean is the
        quantile, their spread gives its error. None where it, or an end of it, is infinite."""
        value, total = self.quantile(share), int(self.owed.sum())
        if len(self.owed) < LEAST or math.isinf(value):
            return None
        least, most = self._beyond(value, share, level, SURE)
        late_s, early_s = self._exceeded_by(least), self._exceeded_by(most)
        if math.isinf(late_s):
            return None
        slope_s = (late_s - early_s) / (most - least) if late_s > early_s else 0.0
        beyond = self.later(value)
        expected = beyond.sum() / total * self.owed
        return np.asarray(value + slope_s * (beyond - expected) * len(self.owed) / total)

    def refusal(self, share: float, label: str) -> str:
        """Why these receptions do not hold the quantile, and how many would; "" when they do."""
        total, wanted = int(self.owed.sum()), round(BEYOND / (1 - share))
        if total >= wanted:
            return ""
        return f"{label} needs {written(wanted)} receptions, these runs had {written(total)}"

    def _beyond(self, value: float, share: float, level: float, sure: float) -> tuple[float, float]:
        """Least and largest share that may take longer than what may be the quantile.

        Many may take exactly as long as `value`. Where so few take longer, or so many at least as
        long, that with confidence `sure` the quantile is not beyond it, that end is `value` itself.
        """
        later = self.later(value), self.later(np.nextafter(value, 0.0))
        longer, as_long = (self._share_of(count, level) for count in later)
        few, many = self._share_of(later[0], sure)[1], self._share_of(later[1], sure)[0]
        beyond = 1 - share
        return longer[0] if few >= beyond else beyond, as_long[1] if many <= beyond else beyond

    def _share_of(self, counts: Counts, level: float) -> tuple[float, float]:
        """The interval of the share of receptions that these are."""
        found = rate_interval(list(zip(counts, self.owed, strict=True)), level)
        assert found.low is not None
        assert found.high is not None
        return found.low, found.high

    def later(self, value: float) -> Counts:
        """Receptions of each replication that took longer than `value`."""
        at = np.searchsorted(self.values_s, value, side="right") - 1
        return self.owed - self.within[:, at] if at >= 0 else self.owed

    def _exceeded_by(self, share: float) -> float:
        """The smallest time that at most `share` of everything owed exceeded."""
        return self._within(math.ceil((1 - share) * int(self.owed.sum()) - 1e-6))

    def _within(self, count: int) -> float:
        at = np.searchsorted(self.came, max(count, 1))
        return float(self.values_s[at]) if at < len(self.values_s) else math.inf
