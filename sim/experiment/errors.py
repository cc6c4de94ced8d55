"""The ways an experiment ends otherwise than with results: nothing to compare with, Ctrl-C."""

from collections.abc import Iterable


class NotComparable(Exception):
    """Two results that do not belong together. One line per reason."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons: list[str] = list(reasons)
        super().__init__("\n".join(self.reasons))


class ReportError(Exception):
    """The drawing of a report crashed, by a mistake of ours; the results are stored."""


class Interrupted(Exception):
    """The run was stopped by hand; finished replications are kept.

    `finished` of `total` replications are stored; `resume` is the command that goes on from there.
    """

    def __init__(self, finished: int, total: int, resume: str) -> None:
        self.finished = finished
        self.total = total
        self.resume = resume
        super().__init__(f"interrupted: {finished} of {total} replications are kept")


class ConservationError(Exception):
    """Receptions that nobody can account for: a mistake in the program, never in a design."""
