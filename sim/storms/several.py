"""Storms side by side: their figures with intervals, and their pictures in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.errors import InputError
from sim.experiment.statistics.intervals import mean_interval
from sim.numbers import NEVER, written
from sim.storms.picture import Frame, beside

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.canvas import Picture

_COLUMNS: Final = {
    "t50_s": ("50 % back after, s", 1.0),
    "t95_s": ("95 % back after, s", 1.0),
    "t99_s": ("99 % back after, s", 1.0),
    "back_share": ("back at the end, %", 100.0),
    "attempts_per_cut": ("dials a client", 1.0),
    "attempts_peak_per_s": ("most dials in 1 s", 1.0),
    "attempts_peak_per_100ms": ("most dials in 100 ms", 1.0),
    "opened_peak_per_s": ("most opened in 1 s", 1.0),
    "opened_peak_per_100ms": ("most opened in 100 ms", 1.0),
    "wasted_share": ("work wasted, %", 100.0),
    "fullest_node": ("fullest node, connections", 1.0),
    "mean_node": ("mean node, connections", 1.0),
    "cut": ("cut", 1.0),
}
_USUAL: Final = ("t50_s", "t95_s", "t99_s", "attempts_per_cut", "attempts_peak_per_s",
                 "wasted_share")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Storms:
    """Name -> the figures of each run. In a notebook it shows its table."""

    runs: Mapping[str, Sequence[Mapping[str, Any]]]

    def table(self, *figures: str) -> pd.DataFrame:
        """A row per storm: the mean over its runs and, of several, its 95 % interval, in words.

        Raises `InputError` for a figure that has no column.
        """
        import pandas as pd

        if wrong := [name for name in figures if name not in _COLUMNS]:
            allowed = f"allowed: {', '.join(_COLUMNS)}"
            raise InputError([f"no figure '{name}' in a table of storms; {allowed}"
                              for name in wrong])  # fmt: skip
        rows = {
            name: {
                _COLUMNS[figure][0]: _words([run[figure] for run in runs], _COLUMNS[figure][1])
                for figure in figures or _USUAL
            }
            for name, runs in self.runs.items()
        }
        return pd.DataFrame(rows).T

    def picture(self, *panels: str, until_s: int | None = None, log: bool = False) -> Picture:
        """Over time: these of away, attempts, opened, busiest_share, or all.

        Raises `InputError` for another one.
        """
        return beside(self.runs, Frame(panels, until_s, log))

    def _repr_html_(self) -> str:
        return str(self.table().to_html())


def named(storms: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> Storms:
    """Storms by their names. Raises `InputError` where two have the same."""
    runs: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, each in storms:
        if name in runs:
            raise InputError([f"two storms have the name '{name}'; allowed: `name` says another"])
        runs[name] = each
    return Storms(runs)


def _words(values: Sequence[float | None], factor: float) -> str:
    """The mean with its interval; "never" where one run says so."""
    known = [np.inf if value is None else factor * value for value in values]
    found = mean_interval(known)
    if np.isinf(found.value):
        never = int(np.isinf(known).sum())
        return NEVER if never == len(known) else f"{NEVER} in {never} of {len(known)}"
    return " ".join([written(found.value), *_ends(found.low, found.high)])


def _ends(low: float | None, high: float | None) -> Iterator[str]:
    if low is not None and high is not None and written(low) != written(high):
        yield f"({written(low)} to {written(high)})"
