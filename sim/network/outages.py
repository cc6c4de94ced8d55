"""When a link is down: intervals known before the run starts.

Because the whole timeline is known, a retransmission through a dead link is a look-up rather
than a chain of events, and two designs meet the same tunnels.

Left out: what a packet on its way at the edge of an outage experiences (the transport's
affair), and links that are merely slow or lossy.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, inf

from sim.network.durations import Duration
from sim.network.ranges import require_not_negative, require_positive
from sim.streams import Draws


@dataclass(frozen=True, slots=True, init=False)
class Outages:
    """Disjoint half-open intervals [start, end) in seconds, in order; equal by value.

    Args:
        intervals: in any order, overlapping or touching as they like; empty ones vanish.
            0 <= start <= end; an end of infinity means that the link never returns.
    """

    starts_s: tuple[float, ...]
    ends_s: tuple[float, ...]

    def __init__(self, intervals: Iterable[tuple[float, float]] = ()) -> None:
        starts_s: list[float] = []
        ends_s: list[float] = []
        for start_s, end_s in sorted(intervals):
            if not 0.0 <= start_s <= end_s or start_s == inf:
                raise ValueError(
                    f"outage is ({start_s!r}, {end_s!r}); allowed: 0 <= start <= end, start finite"
                )
            if ends_s and start_s <= ends_s[-1]:
                ends_s[-1] = max(ends_s[-1], end_s)
            elif start_s < end_s:
                starts_s.append(start_s)
                ends_s.append(end_s)
        object.__setattr__(self, "starts_s", tuple(starts_s))
        object.__setattr__(self, "ends_s", tuple(ends_s))

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return zip(self.starts_s, self.ends_s, strict=True)

    def __len__(self) -> int:
        return len(self.starts_s)

    def is_up(self, time_s: float) -> bool:
        """Whether the link works at this instant."""
        begun = bisect_right(self.starts_s, time_s)
        return begun == 0 or time_s >= self.ends_s[begun - 1]

    def next_down_s(self, time_s: float) -> float:
        """`time_s` itself when down, else the start of the next outage; infinity when none."""
        begun = bisect_right(self.starts_s, time_s)
        if begun and time_s < self.ends_s[begun - 1]:
            return time_s
        return self.starts_s[begun] if begun < len(self.starts_s) else inf

    def merge(self, other: "Outages") -> "Outages":
        """Down whenever either is."""
        if not other:
            return self
        return Outages([*self, *other]) if self else other

    def clipped(self, until_s: float) -> "Outages":
        """The part before `until_s`; an outage that spans it ends there."""
        if not self.ends_s or self.ends_s[-1] <= until_s:
            return self
        return Outages(
            (start_s, min(end_s, until_s)) for start_s, end_s in self if start_s < until_s
        )

    def repeated(self, period_s: float, offset_s: float, until_s: float) -> "Outages":
        """This timeline played over and over, entered at `offset_s`, up to `until_s`.

        Args:
            period_s: length of one round, > 0; outages beyond it are cut off.
            offset_s: where in the round time 0 lies, >= 0.
            until_s: outages that start later are left out; one that spans it keeps its end.
        """
        require_positive("period_s", period_s)
        require_not_negative("offset_s", offset_s)
        one_round = self.clipped(period_s)
        if not one_round:
            return one_round
        entered_s = offset_s % period_s
        rounds = ceil((until_s + entered_s) / period_s)
        played = (
            (max(0.0, start_s + shift_s), end_s + shift_s)
            for shift_s in (index * period_s - entered_s for index in range(rounds))
            for start_s, end_s in one_round
            if end_s + shift_s > 0.0 and start_s + shift_s < until_s
        )
        return Outages(played)


NO_OUTAGES = Outages()


def renewal(
    up: Duration, down: Duration, horizon_s: float, luck: Draws, stationary: bool = True
) -> Outages:
    """Up and down in turn, each time for an independent duration.

    Holds every outage that starts before the horizon, with its natural end; a longer horizon
    extends the same timeline.

    Args:
        stationary: enter the process at a random instant of its life, so that the expected
            share of time down is the same from the start. False: a fresh up period begins at
            time 0, and early outages are too few.
    """
    time_s = 0.0
    is_down = stationary and luck.uniform() < down.mean_s / (up.mean_s + down.mean_s)
    first = down if is_down else up
    lasts_s = first.remaining(luck) if stationary else first.draw(luck)
    outages = []
    while time_s < horizon_s:
        if is_down:
            outages.append((time_s, time_s + lasts_s))
        time_s += lasts_s
        is_down = not is_down
        lasts_s = (down if is_down else up).draw(luck)
    return Outages(outages)


def expected_outages(up: Duration, down: Duration, horizon_s: float) -> float:
    """How many outages `renewal` holds on average when stationary, in closed form.

    One begins every `up.mean_s + down.mean_s` seconds on average, from the first second on; to
    those comes the one that may be under way at time 0, with the share of time down as its chance
    (Cox, Renewal Theory, 1962, chapter 7).

    >>> from sim.network.durations import fixed
    >>> expected_outages(fixed(90.0), fixed(10.0), horizon_s=600.0)
    6.1
    """
    require_not_negative("horizon_s", horizon_s)
    return (horizon_s + down.mean_s) / (up.mean_s + down.mean_s)


@dataclass(frozen=True, slots=True)
class Seen:
    """A link's outages as the one that starts at `start_s` sees them. `weight`: how much of one
    such draw it stands for."""

    outages: Outages
    start_s: float
    weight: float = 1.0


def seen_from_one(
    up: Duration, down: Duration, horizon_s: float, luck: Draws, longest_of: int = 1
) -> Seen:
    """A stationary `renewal` as one of its outages sees it.

    That is its Palm distribution: each of the `expected_outages` is equally likely to be the one.
    It starts at any moment before the horizon alike, or was under way at time 0; before and after
    it lie whole durations. The weighted mean of a quantity over such draws, times
    `expected_outages`, is the expectation of its sum over all outages of a link (Campbell's
    formula; Baccelli and Bremaud, Elements of Queueing Theory, 2003, section 1.2).

    Args:
        longest_of: outages that begin last long more often than they should, as
            `Duration.long_one` has it; 1 for no more often.
    """
    start_s = luck.uniform() * (horizon_s + down.mean_s) - down.mean_s
    if start_s <= 0.0:
        start_s, lasts_s, weight, outages = 0.0, down.remaining(luck), 1.0, []
    else:
        lasts_s, weight = down.long_one(luck, longest_of)
        outages = _before(up, down, start_s, luck)
    time_s = start_s + lasts_s
    outages.append((start_s, time_s))
    time_s += up.draw(luck)
    while time_s < horizon_s:
        lasts_s = down.draw(luck)
        outages.append((time_s, time_s + lasts_s))
        time_s += lasts_s + up.draw(luck)
    return Seen(Outages(outages), start_s, weight)


def _before(up: Duration, down: Duration, start_s: float, luck: Draws) -> list[tuple[float, float]]:
    """Outages before one that starts then, back to time 0: whole times up and down in turn."""
    outages = []
    time_s = start_s - up.draw(luck)
    while time_s > 0.0:
        end_s = time_s
        time_s -= down.draw(luck)
        outages.append((max(0.0, time_s), end_s))
        time_s -= up.draw(luck)
    return outages
