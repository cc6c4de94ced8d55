"""How much worse a metric may really be than in the baseline: one-sided bounds of the difference.

Replications are compared pair by pair, since both runs met the same luck.

* Student's t on the differences. Pairs without a difference do not tell how large one is: they are
  no degrees of freedom.
* Rates with no hits in some replication, then or now, come in bursts too few for that. The far end
  is that of two independent rates (Zou and Donner 2008), each with the bounds of `bounds`, so that
  no hits in n replications are no proof of anything finer than 1 - error^(1 / n).
* Where a value never came in one of the two, no mean exists. What is decided is the sign: whether
  it is worse in most replications (Clopper and Pearson 1934).

Leaves out what may be tolerated (`tolerance`), and correction for many figures (`regress`).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from sim.experiment.gates.bounds import Bounds, Unbounded, rate_bounds, worst_share
from sim.experiment.statistics import LEAST
from sim.metrics import METRICS
from sim.metrics.judged import number

_METRICS: Final = {one.name: one for one in METRICS}

Values = Sequence[Any]
"""A metric in every replication, as stored."""


def difference(
    metric: str, then: Values, now: Values, together: float, error: float
) -> Bounds | Unbounded:
    """Bounds of now - then; `together` trials of a rate share one fate."""
    pairs = [pair for pair in zip(then, now, strict=False) if pair != (None, None)]
    known = [pair for pair in pairs if None not in pair]
    if len(known) < len(pairs):
        # Leaving out where it is missing would flatter the run in which it is.
        both = f"an occasion both then and now in only {len(known)} of {len(pairs)} replications"
        return Unbounded(both, open=False)
    if len(known) < LEAST:
        few = f"{len(known)} of {LEAST} replications that it takes to tell"
        return Unbounded(few, open=True)
    early, late = ([float(number(one) or 0.0) for one in part] for part in zip(*known, strict=True))
    if math.inf in early or math.inf in late:
        return _by_sign(early, late, error)
    if _METRICS[metric].kind == "rate" and not all(early + late):
        return _of_rates(known, together, error)
    return _paired([b - a for a, b in zip(early, late, strict=True)], error)


def _paired(differences: Sequence[float], error: float) -> Bounds | Unbounded:
    count, moved = len(differences), sum(one != 0 for one in differences)
    if moved < 2:
        few = f"it differs in {moved} of {count} replications: too few to tell how much it may"
        return Unbounded(few, open=True)
    return _student(differences, moved, error)


def _student(differences: Sequence[float], moved: int, error: float) -> Bounds:
    from scipy.special import stdtrit

    count = len(differences)
    value = math.fsum(differences) / count
    squares = math.fsum((one - value) ** 2 for one in differences)
    deviation = math.sqrt(squares / (count - 1))

    def ends(more: int) -> tuple[float, float]:
        degrees = moved * more / count - 1
        half = -float(stdtrit(degrees, error)) * deviation / math.sqrt(more)
        return value - half, value + half

    return Bounds(value, *ends(count), count=count, ends=ends)


def _of_rates(pairs: Sequence[tuple[Any, Any]], together: float, error: float) -> Bounds:
    """The near end by the paired differences, the far end by the two rates on their own."""
    before, after = (rate_bounds(part, together, error) for part in zip(*pairs, strict=True))
    differences = [b[0] / b[1] - a[0] / a[1] for a, b in pairs]
    moved, value = sum(one != 0 for one in differences), after.value - before.value
    paired = _student(differences, moved, error) if moved > 1 else None

    def ends(more: int) -> tuple[float, float]:
        low, high = before.ends(more)[0], after.ends(more)[1]
        far = value + math.hypot(high - after.value, before.value - low)
        return -far if paired is None else min(value, paired.ends(more)[0]), far

    return Bounds(value, *ends(len(pairs)), count=len(pairs), ends=ends)


def _by_sign(early: Sequence[float], late: Sequence[float], error: float) -> Bounds:
    """Infinitely worse, infinitely better or neither, by what most replications say."""
    count = len(early)
    worse = sum(b > a for a, b in zip(early, late, strict=True))
    lost = any(b == math.inf > a for a, b in zip(early, late, strict=True))
    low = math.inf if worst_share(count - worse, count, error) < 0.5 else -math.inf
    high = -math.inf if worst_share(worse, count, error) < 0.5 and not lost else math.inf
    said = " and ".join(
        f"in {part.count(math.inf)} of {count} replications {when}"
        for part, when in ((early, "of the baseline"), (late, "now"))
    )
    return Bounds(math.nan, low, high, f"never {said}", count)
