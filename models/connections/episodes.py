"""A client's gaps as it lives them: cut, noticed, open again, caught up; written down when over."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from models.connections.endpoint import REASON

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.transport.stream import Cut


class Episode:
    """The gap that one person is in on one channel, if any. Times in seconds, nan for never."""

    __slots__ = ("_cut_s", "_endpoint", "_noticed_s", "_person", "_reason")

    def __init__(self, endpoint: Endpoint, person: int) -> None:
        self._endpoint = endpoint
        self._person = person
        self._cut_s = self._noticed_s = math.nan
        self._reason = ""

    @property
    def running(self) -> bool:
        """Whether there is a gap that is not over."""
        return not math.isnan(self._noticed_s)

    def link_down_s(self, since_s: float) -> float:
        """When the last outage of the link up to now began, if not before `since_s`; else now."""
        now_s = self._endpoint.engine.now_s
        starts_s = self._endpoint.world.paths[self._person].outages.starts_s
        place = bisect_right(starts_s, now_s) - 1
        return starts_s[place] if place >= 0 and starts_s[place] >= since_s else now_s

    def begin(self, cut_s: float, reason: str, cut: Cut | None = None) -> None:
        """The client notices now that nothing has worked since `cut_s`, or since a `cut` before."""
        if cut is not None and cut.time_s <= cut_s:
            reason, cut_s = cut
        self._cut_s = cut_s
        self._noticed_s = self._endpoint.engine.now_s
        self._reason = reason

    def end(self, open_s: float, synced_s: float) -> None:
        """Over, if there was one: caught up, lost again, or the app closed."""
        if self.running:
            row = (
                self._person, self._endpoint.channel, self._cut_s, self._noticed_s, open_s,
                synced_s, REASON[self._reason],
            )  # fmt: skip
            self._endpoint.recorder.episodes.extend(row)
            self._noticed_s = math.nan
