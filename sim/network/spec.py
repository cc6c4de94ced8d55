"""The scenario's `[[networks]]`: which access networks people have, as checked values.

The models state units and limits, for error messages and for `rtcsim new`; `path` builds from
them. The limits catch a wrong unit (milliseconds for seconds, megabits for bits), not a bold
assumption. Files are read while the scenario is checked, so that a bad one is found then.
"""

from array import array
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.errors import InputError
from sim.network.correlated import MOST_CORRELATION
from sim.network.delay import read_delays
from sim.network.outages import Outages
from sim.network.profiles import ProfileName
from sim.network.ranges import LEAST_S, MAX_DELAY_S, MAX_LENGTH_S
from sim.network.throughput import read_recording
from sim.network.traces import SILENCE_IS_OUTAGE_S, Recording

OneWayDelay = Annotated[float, Field(gt=0, le=MAX_DELAY_S)]
Deviation = Annotated[float, Field(ge=LEAST_S, le=MAX_DELAY_S)]
Floor = Annotated[float, Field(ge=0, le=MAX_DELAY_S)]
Lasting = Annotated[float, Field(ge=0.001, le=MAX_LENGTH_S)]
Ratio = Annotated[float, Field(ge=0, le=1)]
BitRate = Annotated[float, Field(ge=1e3, le=1e12)]
# Above 3, the mean of a lognormal is more than 90 times its median.
Sigma = Annotated[float, Field(gt=0, le=3)]

PER_DIRECTION: Final = "per-direction"
_FLOOR = "least one-way delay, that of propagation, in seconds"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class ConstantDelaySpec(_Section):
    """Every packet takes equally long."""

    kind: Literal["constant"] = "constant"
    delay_s: Floor = Field(description="one-way delay, in seconds")


class NormalDelaySpec(_Section):
    """A bell; what falls below the floor is put on it, as tc-netem(8) does at zero."""

    kind: Literal["normal"] = "normal"
    mean_s: OneWayDelay = Field(
        description="mean one-way delay before the floor is applied, in seconds"
    )
    sd_s: Deviation = Field(
        description="standard deviation before the floor is applied, in seconds"
    )
    floor_s: Floor = Field(0.0, description=_FLOOR)


class LognormalDelaySpec(_Section):
    """A floor plus a lognormal part with a heavy tail."""

    kind: Literal["lognormal"] = "lognormal"
    median_s: OneWayDelay = Field(description="median one-way delay, floor included, in seconds")
    sigma: Sigma = Field(
        description="deviation of the natural logarithm of the part above the floor"
    )
    floor_s: Floor = Field(0.0, description=_FLOOR)

    @model_validator(mode="after")
    def _above_floor(self) -> Self:
        _require_above("median_s", self.median_s, self.floor_s)
        return self


class GammaDelaySpec(_Section):
    """A floor plus a gamma part."""

    kind: Literal["gamma"] = "gamma"
    mean_s: OneWayDelay = Field(description="mean one-way delay, floor included, in seconds")
    sd_s: Deviation = Field(description="standard deviation of the one-way delay, in seconds")
    floor_s: Floor = Field(0.0, description=_FLOOR)

    @model_validator(mode="after")
    def _above_floor(self) -> Self:
        _require_above("mean_s", self.mean_s, self.floor_s)
        return self


class EmpiricalDelaySpec(_Section):
    """Measured delays, each packet one of them at random."""

    kind: Literal["empirical"] = "empirical"
    file: Path = Field(description="text file with one one-way delay in seconds per line, up to 10")

    @cached_property
    def delays_s(self) -> "array[float]":
        """The measured delays."""
        return read_delays(self.file)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _refuse_unreadable(lambda: self.delays_s)
        return self


_OneWayDelaySpec = (
    ConstantDelaySpec | NormalDelaySpec | LognormalDelaySpec | GammaDelaySpec | EmpiricalDelaySpec
)


class PerDirectionDelaySpec(_Section):
    """Each direction has its own; the kind may be left out where `up` or `down` is given."""

    kind: Literal["per-direction"] = "per-direction"
    up: Annotated[_OneWayDelaySpec, Field(discriminator="kind")] | None = Field(
        None, description="one-way delay from person to server, instead of the profile's"
    )
    down: Annotated[_OneWayDelaySpec, Field(discriminator="kind")] | None = Field(
        None, description="one-way delay from server to person, instead of the profile's"
    )


DelaySpec = Annotated[_OneWayDelaySpec | PerDirectionDelaySpec, Field(discriminator="kind")]


LossStart = Annotated[float, Field(ge=0, le=MAX_LENGTH_S)]
_LOSS_START = "when loss begins, in seconds from the start of the run"


class NoLossSpec(_Section):
    """Nothing is lost while the link is up."""

    kind: Literal["none"] = "none"


class BernoulliSpec(_Section):
    """Each packet is lost independently, or leaning towards the fate of the packet before."""

    kind: Literal["bernoulli"] = "bernoulli"
    ratio: Ratio = Field(description="share of packets lost in each direction, 0 to 1")
    correlation: float = Field(
        0.0,
        ge=0,
        le=MOST_CORRELATION,
        description="correlation from packet to packet, as in `tc netem loss`; with it the share"
        " really lost is not the ratio (netem's 10 % with 25 % lose 1.75 %)",
    )
    from_s: LossStart = Field(0.0, description=_LOSS_START)


class GilbertElliottSpec(_Section):
    """Loss in bursts of time; each direction has bursts of its own."""

    kind: Literal["gilbert-elliott"] = "gilbert-elliott"
    mean_good_s: Lasting = Field(description="mean time between bursts, in seconds")
    mean_bad_s: Lasting = Field(description="mean length of a burst, in seconds")
    loss_good: Ratio = Field(description="share of packets lost between bursts, 0 to 1")
    loss_bad: Ratio = Field(description="share of packets lost during bursts, 0 to 1")
    shared: bool = Field(
        False, description="all people on this network meet the same bursts, in both directions"
    )
    from_s: LossStart = Field(0.0, description=_LOSS_START)


OneWayLossSpec = NoLossSpec | BernoulliSpec | GilbertElliottSpec


class PerDirectionLossSpec(_Section):
    """Each direction has its own, also of shared bursts; `up` and `down` imply the kind."""

    kind: Literal["per-direction"] = "per-direction"
    up: Annotated[OneWayLossSpec, Field(discriminator="kind")] = Field(
        NoLossSpec(), description="packets lost from person to server"
    )
    down: Annotated[OneWayLossSpec, Field(discriminator="kind")] = Field(
        NoLossSpec(), description="packets lost from server to person"
    )


LossSpec = Annotated[OneWayLossSpec | PerDirectionLossSpec, Field(discriminator="kind")]


class RecordedLink(_Section):
    """One direction of a recorded link."""

    file: Path = Field(
        description="Mahimahi trace (one millisecond per 1,500-byte packet and line) or throughput"
        " log (second and Mbit/s per line)"
    )
    threshold_s: float = Field(
        SILENCE_IS_OUTAGE_S,
        ge=0.001,
        le=3600,
        description="silence in seconds beyond which the recorded link counts as down",
    )

    @cached_property
    def recording(self) -> Recording:
        """What the file holds."""
        return read_recording(self.file, self.threshold_s)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _refuse_unreadable(lambda: self.recording)
        return self


class UnlimitedRateSpec(_Section):
    """Sending takes no time, whatever the size."""

    kind: Literal["none"] = "none"


class ConstantRateSpec(_Section):
    """The same speed all the time."""

    kind: Literal["constant"] = "constant"
    up_bps: BitRate = Field(description="rate from person to server, in bits/s")
    down_bps: BitRate = Field(description="rate from server to person, in bits/s")


class TraceRateSpec(_Section):
    """The speed of a recorded link, second by second; 0 while the recording is silent."""

    kind: Literal["trace"] = "trace"
    up: RecordedLink = Field(description="recording of the direction from person to server")
    down: RecordedLink = Field(description="recording of the direction from server to person")


RateSpec = Annotated[
    UnlimitedRateSpec | ConstantRateSpec | TraceRateSpec, Field(discriminator="kind")
]


class FixedDurationSpec(_Section):
    """Always equally long."""

    kind: Literal["fixed"] = "fixed"
    duration_s: Lasting = Field(description="duration, in seconds")


class UniformDurationSpec(_Section):
    """Anything between two durations, equally likely."""

    kind: Literal["uniform"] = "uniform"
    low_s: Lasting = Field(description="shortest duration, in seconds")
    high_s: Lasting = Field(description="longest duration, in seconds")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high_s < self.low_s:
            raise ValueError(f"high_s is {self.high_s:g}; allowed: at least low_s, {self.low_s:g}")
        return self


class ExponentialDurationSpec(_Section):
    """Memoryless."""

    kind: Literal["exponential"] = "exponential"
    mean_s: Lasting = Field(description="mean duration, in seconds")


class LognormalDurationSpec(_Section):
    """Mostly short, at times very long."""

    kind: Literal["lognormal"] = "lognormal"
    median_s: Lasting = Field(description="median duration, in seconds")
    sigma: Sigma = Field(description="deviation of the natural logarithm of the duration")


DurationSpec = Annotated[
    FixedDurationSpec | UniformDurationSpec | ExponentialDurationSpec | LognormalDurationSpec,
    Field(discriminator="kind"),
]


class NoOutagesSpec(_Section):
    """The link is always up."""

    kind: Literal["none"] = "none"


class ListedOutagesSpec(_Section):
    """The same outages for everybody on this network."""

    kind: Literal["list"] = "list"
    intervals: tuple[tuple[float, float], ...] = Field(
        min_length=1, description="pairs of start and end, in seconds from the start of the run"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        Outages(self.intervals)
        return self


class RenewalOutagesSpec(_Section):
    """Up and down in turn, each person's link for itself."""

    kind: Literal["renewal"] = "renewal"
    up: DurationSpec = Field(description="how long the link stays up")
    down: DurationSpec = Field(description="how long it then stays down")
    stationary: bool = Field(
        True,
        description="start anywhere in the cycle, so the share of time down is the same from the"
        " first second; false: every link starts with a fresh time up",
    )


class TraceOutagesSpec(RecordedLink):
    """The long silences of a recorded link; each person enters the recording at random."""

    kind: Literal["trace"] = "trace"


OutagesSpec = Annotated[
    NoOutagesSpec | ListedOutagesSpec | RenewalOutagesSpec | TraceOutagesSpec,
    Field(discriminator="kind"),
]


class NetworkSpec(_Section):
    """One access network and the share of people on it."""

    share: float = Field(gt=0, le=1, description="share of people on this network, above 0 to 1")
    profile: ProfileName = Field(
        description="access link whose delay and rate hold unless given here"
    )
    delay: DelaySpec | None = Field(
        None,
        description="one-way delay of either direction, or of each with up and down, instead of the"
        " profile's",
    )
    loss: LossSpec = Field(
        NoLossSpec(), description="packets lost while the link is up; no profile has any"
    )
    rate: RateSpec | None = Field(
        None, description="rates in bits/s up and down, instead of the profile's"
    )
    outages: OutagesSpec = Field(
        NoOutagesSpec(), description="when the link is down; nothing passes then"
    )
    nat: str | None = Field(
        None, description="NAT or firewall between this network and the servers, a preset by name"
    )
    changes_address: bool = Field(
        False,
        description="the device has a new IP address after each outage (as from Wi-Fi to mobile),"
        " so TCP connections do not survive it",
    )


def name_directions(data: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario as read from a file, with the kind that `loss = { up = ..., down = ... }` implies.

    >>> name_directions({"networks": [{"loss": {"up": {"kind": "none"}}}]})
    {'networks': [{'loss': {'kind': 'per-direction', 'up': {'kind': 'none'}}}]}
    """
    networks = data.get("networks")
    if not isinstance(networks, list):
        return dict(data)
    return {**data, "networks": [_directions_named(one) for one in networks]}


def _directions_named(network: Any) -> Any:
    if not isinstance(network, dict):
        return network
    return {
        key: {"kind": PER_DIRECTION, **value} if _implies_directions(key, value) else value
        for key, value in network.items()
    }


def _implies_directions(key: str, value: Any) -> bool:
    named = key in ("delay", "loss") and isinstance(value, dict) and "kind" not in value
    return named and not {"up", "down"}.isdisjoint(value)


def _require_above(name: str, value_s: float, floor_s: float) -> None:
    if value_s - floor_s < LEAST_S:
        raise ValueError(
            f"{name} is {value_s:g}; allowed: above floor_s, which is {floor_s:g},"
            " by a microsecond at least"
        )


def _refuse_unreadable(read: Callable[[], object]) -> None:
    try:
        read()
    except InputError as error:
        raise ValueError(f"{'; '.join(error.messages)}; allowed: a readable file") from error
