"""What has been played: each run is kept as soon as it is finished, and never played twice.

With a folder, a command that was interrupted finds there what it had finished
(`sim.experiment.work`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment.work import Work


def unseen(finished: int, total: int) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Runs:
    """The runs of one question. `progress` hears how many are finished, of how many at most."""

    work: Work | None = None
    progress: Callable[[int, int], None] = unseen
    most: int = 0
    resumed: int = 0
    _found: dict[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """How many there are."""
        return len(self._found)

    def each(
        self, name: str, count: int, play: Callable[[int], dict[str, Any]]
    ) -> list[Mapping[str, Any]]:
        """So many runs of one thing, by number; `play` does what is not there yet.

        A name is of letters, digits, dots and dashes.
        """
        return [self._one(name, number, play) for number in range(count)]

    def _one(
        self, name: str, number: int, play: Callable[[int], dict[str, Any]]
    ) -> Mapping[str, Any]:
        if (name, number) not in self._found:
            kept = None if self.work is None else self.work.get(name, number)
            self.resumed += kept is not None
            if kept is None:
                kept = {"design": name, "replication": number, **play(number)}
                if self.work is not None:
                    self.work.put(kept)
            self._found[name, number] = kept
            self.progress(self.finished, max(self.most, self.finished))
        return self._found[name, number]
