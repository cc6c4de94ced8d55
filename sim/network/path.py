"""What lies between one person and the servers: two one-way directions that go down together.

`build_path` makes a person's path from the scenario. All its luck is drawn by name and person,
so it does not depend on the design, on other people or on the order of building.

Left out: routing, shared bottlenecks beyond a shared `Loss`, and the servers' own network.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sim.core.arrays import Cell
from sim.core.links import FREE_S, LAW, OTHER, LinkRows, Links, lost
from sim.network import delay, durations, outages, spec
from sim.network.correlated import CorrelatedBernoulli
from sim.network.loss import Bernoulli, GilbertElliott, Loss, LossFrom, NoLoss
from sim.network.outages import NO_OUTAGES, Outages
from sim.network.profiles import PROFILES
from sim.network.rate import PiecewiseRate, Rate, constant_rate
from sim.streams import Draws, Streams

Side = Literal["up", "down"]


class Way:
    """One direction of a path.

    Attributes:
        delay: how long a packet is under way once it has left.
        loss: which packets are lost.
        rate: how long a packet takes to leave; None when that takes no time.
        free_s: when the link has sent all it was given so far; the transport keeps it.
        row: where its numbers lie in those of the run's `links` (`sim.core.links`).
        known: whether they say all about its loss, so that compiled code can tell what is lost.
    """

    __slots__ = ("_links", "delay", "known", "loss", "rate", "row")

    def __init__(
        self, delay: delay.Delay, loss: Loss, rate: Rate | None = None,
        links: LinkRows | None = None,
    ) -> None:  # fmt: skip
        self._links = links or LinkRows()
        self.delay = delay
        self.loss = loss
        self.rate = rate
        self.row = self._links.add()
        loss.write(self.cells, self.row)
        self.known = bool(self.cells[self.row + LAW] != OTHER)

    @property
    def cells(self) -> Any:
        """The rows of all ways."""
        return self._links.shared.views.row

    @property
    def links(self) -> Links:
        """All ways, for functions of rows."""
        return self._links.shared.views

    def lost(self, time_s: float, packet: int) -> bool:
        """The fate of the packet of that name, sent then: from the row, where that is enough."""
        if self.known:
            return lost(self.links, self.row, time_s, packet)
        return self.loss.lost(time_s, packet)

    free_s = Cell(FREE_S, "when the link has sent all it was given so far", float)


@dataclass(slots=True, eq=False)
class Path:
    """Both directions between one person and the servers.

    Attributes:
        up, down: from the person to the servers, and back.
        outages: when neither direction works.
        changes_address: the person has a new IP address after each outage.
    """

    up: Way
    down: Way
    outages: Outages = NO_OUTAGES
    changes_address: bool = False


def build_path(
    network: spec.NetworkSpec, streams: Streams, person: int, horizon_s: float, place: int = 0,
    links: LinkRows | None = None,
) -> Path:  # fmt: skip
    """The path of one person on the given network.

    Args:
        network: what the scenario says about it.
        streams: the luck of this replication. Names used, each with the person as entity:
            delay-up, delay-down, loss-up, loss-down, outages, recording-start; with the place
            as entity, for the bursts that its people share: loss-shared, loss-shared-up.
        person: whose path it is.
        horizon_s: when outages are healed: none starts later, and the last is over by then.
        place: the network's number, which names the luck that its people share.
        links: where the run keeps the numbers of its ways.
    """
    down_times = _outages(network.outages, streams, person, horizon_s)
    return Path(
        up=_way(network, streams, (person, place), "up", links),
        down=_way(network, streams, (person, place), "down", links),
        outages=down_times.clipped(horizon_s),
        changes_address=network.changes_address,
    )


def _way(
    network: spec.NetworkSpec, streams: Streams, where: tuple[int, int], side: Side,
    links: LinkRows | None,
) -> Way:  # fmt: skip
    person, place = where
    given, shared = network.loss, "loss-shared"
    if isinstance(given, spec.PerDirectionLossSpec):
        given, shared = (given.up, "loss-shared-up") if side == "up" else (given.down, shared)
    link = None
    if isinstance(given, spec.GilbertElliottSpec) and given.shared:
        link = streams.draws(shared, place)
    return Way(
        _delay(network, streams, person, side),
        _loss(given, streams.draws(f"loss-{side}", person), link),
        _rate(network, streams, person, side),
        links,
    )


def _delay(network: spec.NetworkSpec, streams: Streams, person: int, side: Side) -> delay.Delay:
    profile = PROFILES[network.profile]
    asked = network.delay
    if isinstance(asked, spec.PerDirectionDelaySpec):
        asked = asked.up if side == "up" else asked.down
    if asked is None:
        return delay.constant_delay(profile.delay_up_s if side == "up" else profile.delay_down_s)
    draws = streams.draws(f"delay-{side}", person)
    match asked:
        case spec.ConstantDelaySpec(delay_s=delay_s):
            return delay.constant_delay(delay_s)
        case spec.NormalDelaySpec() as given:
            return delay.normal_delay(draws, given.mean_s, given.sd_s, given.floor_s)
        case spec.LognormalDelaySpec() as given:
            return delay.lognormal_delay(draws, given.median_s, given.sigma, given.floor_s)
        case spec.GammaDelaySpec() as given:
            return delay.gamma_delay(draws, given.mean_s, given.sd_s, given.floor_s)
        case spec.EmpiricalDelaySpec() as given:
            return delay.empirical_delay(draws, given.delays_s)


def _loss(given: spec.OneWayLossSpec, draws: Draws, link: Draws | None) -> Loss:
    match given:
        case spec.NoLossSpec():
            return NoLoss()
        case spec.BernoulliSpec():
            process: Loss = (
                CorrelatedBernoulli(given.ratio, given.correlation, draws)
                if given.correlation
                else Bernoulli(given.ratio, draws)
            )
        case spec.GilbertElliottSpec():
            process = GilbertElliott(
                given.mean_good_s, given.mean_bad_s, given.loss_good, given.loss_bad, draws, link
            )
    return LossFrom(process, given.from_s) if given.from_s > 0.0 else process


def _rate(network: spec.NetworkSpec, streams: Streams, person: int, side: Side) -> Rate | None:
    profile = PROFILES[network.profile]
    match network.rate:
        case None:
            return constant_rate(profile.rate_up_bps if side == "up" else profile.rate_down_bps)
        case spec.UnlimitedRateSpec():
            return None
        case spec.ConstantRateSpec() as given:
            return constant_rate(given.up_bps if side == "up" else given.down_bps)
        case spec.TraceRateSpec() as given:
            recorded = (given.up if side == "up" else given.down).recording.rate
            return recorded.entered_at(_recording_start_s(recorded, streams, person))


def _outages(given: spec.OutagesSpec, streams: Streams, person: int, horizon_s: float) -> Outages:
    match given:
        case spec.NoOutagesSpec():
            return NO_OUTAGES
        case spec.ListedOutagesSpec(intervals=intervals):
            return Outages(intervals)
        case spec.RenewalOutagesSpec():
            luck = streams.draws("outages", person)
            return outages.renewal(*up_and_down(given), horizon_s, luck, given.stationary)
        case spec.TraceOutagesSpec():
            recorded, rate = given.recording
            start_s = _recording_start_s(rate, streams, person)
            return recorded.repeated(rate.period_s, start_s, horizon_s)


def up_and_down(
    given: spec.RenewalOutagesSpec,
) -> tuple[durations.Duration, durations.Duration]:
    """How long a link stays up, and then down."""
    return _duration(given.up), _duration(given.down)


def _duration(given: spec.DurationSpec) -> durations.Duration:
    match given:
        case spec.FixedDurationSpec(duration_s=duration_s):
            return durations.fixed(duration_s)
        case spec.UniformDurationSpec(low_s=low_s, high_s=high_s):
            return durations.uniform(low_s, high_s)
        case spec.ExponentialDurationSpec(mean_s=mean_s):
            return durations.exponential(mean_s)
        case spec.LognormalDurationSpec(median_s=median_s, sigma=sigma):
            return durations.lognormal(median_s, sigma)


def _recording_start_s(rate: PiecewiseRate, streams: Streams, person: int) -> float:
    # One name for all recordings: a person's rates and outages stay in step with each other.
    return streams.draws("recording-start", person).uniform() * rate.period_s
