"""Looking again and again while replications are added, with one error for all looks.

Looking until a figure is on the right side would find it there by chance. A test martingale does
not: at no time does it pass 1 / error with more than that chance (Ville's inequality), so one may
look after every replication and stop when one likes. For a mean of normal values of unknown spread
it is the ratio of the likelihoods of t with a normal prior on the effect, in standard deviations,
and without any effect (Lai 1976, Annals of Statistics 4:265; Wang and Ramdas 2024, "Anytime-valid
t-tests"; as a Bayes factor, Gonen and others 2005, The American Statistician 59:252). What a look
may err is what Student's t beyond the value at which that ratio is 1 / error would.

That is exact for normal values. For others the rules of `intervals` (logarithms, widening for few
bursts, the replication as the trial) are used with this error, and simulated gates show that they
keep it. Both signs of the effect are bet on while each end has the whole error: caution for skew.
"""

from __future__ import annotations

import math
from typing import Final

from sim.experiment.statistics.intervals import LEVEL

PRIOR: Final = 10.0
"""Variance of the effect in standard deviations: gates are mostly several away from their limit,
which a few replications can tell. With 1, 32 replications decide at 3.3 standard errors, not 3.8,
and five, not four, are the fewest at an error of 0.05."""
LEAST_ERROR: Final = 1e-12  # where no t decides; a smaller one would not be told from none


def error_of_look(error: float, count: int) -> float:
    """One-sided error of Student's t at `count` replications, for `error` over all looks.

    >>> round(error_of_look(0.05, 8), 5)
    0.00154
    """
    from scipy.special import stdtr

    if count < 2:
        return LEAST_ERROR
    known = 1 + count * PRIOR
    ratio = math.exp(2 / count * (math.log(known) / 2 - math.log(error)))
    if ratio >= known:
        return LEAST_ERROR
    squares = (ratio - 1) / (1 - ratio / known)
    beyond = float(stdtr(count - 1, -math.sqrt((count - 1) * squares)))
    return max(LEAST_ERROR, min(beyond, error))


def level_of_look(count: int, level: float = LEVEL) -> float:
    """Confidence of an interval at `count` replications, for `level` over all looks.

    >>> round(level_of_look(10), 3)
    0.999
    """
    return 1 - 2 * error_of_look((1 - level) / 2, count)
