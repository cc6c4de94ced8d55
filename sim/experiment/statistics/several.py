"""Many tests at once: p-values corrected so that a report is wrong as rarely as one test would be.

`holm` keeps any false verdict rare, for the figures a design is chosen by. `benjamini_hochberg`
keeps the share of false ones among the verdicts small, for the many that are only looked at; where
all designs are alike, the two are the same.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(chances: Sequence[float]) -> list[float]:
    """Holm (1979): called below an error, the chance of any false verdict is at most that."""
    corrected, worst = [0.0] * len(chances), 0.0
    for rank, at in enumerate(_ascending(chances)):
        worst = max(worst, min(1.0, (len(chances) - rank) * chances[at]))
        corrected[at] = worst
    return corrected


def holm_threshold(corrected: Sequence[float], error: float) -> float:
    """Below what p one more of them would have counted, had it been any that did not."""
    return error / max(1, len(corrected) - _counted(corrected, error))


def benjamini_hochberg(chances: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg (1995): called below an error, at most that share of them is false on
    average."""
    corrected, least, count = [0.0] * len(chances), 1.0, len(chances)
    for rank, at in reversed([*enumerate(_ascending(chances), 1)]):
        least = min(least, chances[at] * count / rank)
        corrected[at] = least
    return corrected


def benjamini_hochberg_threshold(corrected: Sequence[float], error: float) -> float:
    """Below what p one more of them would have counted."""
    count = max(1, len(corrected))
    return error * min(_counted(corrected, error) + 1, count) / count


def _ascending(chances: Sequence[float]) -> list[int]:
    return sorted(range(len(chances)), key=lambda at: chances[at])


def _counted(corrected: Sequence[float], error: float) -> int:
    return sum(chance < error for chance in corrected)
