"""When actions start: Poisson, bursty (Poisson clusters) or diurnal, drawn as whole arrays.

Rates hold per person while in session, so every process lives on the sessions laid end to end.
Who speaks next does not depend on who spoke before: replies are not modelled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sim.workload.sessions import Floats, Ints, Presence
from sim.workload.spec import BurstySpec, DiurnalSpec, PeriodicSpec, PoissonSpec


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Start times in seconds, the row of the session each lies in, and the burst it belongs to."""

    time_s: Floats
    session: Ints
    burst: Ints

    def where(self, kept: NDArray[Any]) -> Arrivals:
        """The rows selected by an index or a mask."""
        return Arrivals(self.time_s[kept], self.session[kept], self.burst[kept])


def draw_arrivals(
    spec: PoissonSpec | BurstySpec | DiurnalSpec | PeriodicSpec,
    rate_hz: float,
    presence: Presence,
    generator: Generator,
) -> Arrivals:
    """Starts at `rate_hz` per person in session, sorted by time."""
    match spec:
        case PoissonSpec():
            found = poisson(rate_hz, presence, generator)
        case BurstySpec():
            found = bursty(spec, rate_hz, presence, generator)
        case DiurnalSpec():
            found = diurnal(spec, rate_hz, presence, generator)
        case PeriodicSpec():
            found = periodic(spec, rate_hz, presence, generator)
    return found.where(np.argsort(found.time_s, kind="stable"))


def poisson(rate_hz: float, presence: Presence, generator: Generator) -> Arrivals:
    """Independent starts: a Poisson count over the summed session time, placed uniformly."""
    ends = np.cumsum(presence.end_s - presence.start_s)
    total_s = float(ends[-1]) if len(ends) else 0.0
    count = int(generator.poisson(rate_hz * total_s))
    place_s = generator.random(count) * total_s
    session = np.minimum(np.searchsorted(ends, place_s, side="right"), max(len(ends) - 1, 0))
    left_s = ends[session] - place_s
    # Rounding may put a start on or beyond its session's edge; the session is [start, end).
    time_s = np.minimum(presence.end_s[session] - left_s, np.nextafter(presence.end_s[session], 0))
    return Arrivals(np.maximum(time_s, presence.start_s[session]), session, np.arange(count))


def bursty(spec: BurstySpec, rate_hz: float, presence: Presence, generator: Generator) -> Arrivals:
    """Poisson burst starts; a burst's further starts follow at exponential gaps.

    Burst sizes are geometric from 1. A session shows a piece of a process that has always been
    going on, so the rate holds from its first second: bursts may be under way when it starts, and
    what they hold beyond its end is cut off.
    """
    first = _together(
        poisson(rate_hz / spec.burst_size_mean, presence, generator),
        _under_way(spec, rate_hz, presence, generator),
    )
    sizes = generator.geometric(1.0 / spec.burst_size_mean, len(first.time_s))
    burst = np.repeat(first.burst, sizes)
    heads = np.cumsum(sizes) - sizes
    gaps_s = generator.exponential(spec.within_burst_s, len(burst))
    gaps_s[heads] = 0.0
    passed_s = np.cumsum(gaps_s)
    members = first.where(burst)
    time_s = members.time_s + (passed_s - passed_s[heads][burst])
    kept = time_s < presence.end_s[members.session]
    return Arrivals(time_s, members.session, burst).where(kept)


def _under_way(
    spec: BurstySpec, rate_hz: float, presence: Presence, generator: Generator
) -> Arrivals:
    """The first start, in its session, of every burst that began before it.

    Sizes and gaps have no memory: a burst that goes on has an exponential gap and a geometric
    number of starts before it, whatever it had so far. How many go on is Poisson, with bursts per
    second times seconds a burst lasts from first to last start (M/G/infinity).
    """
    lasts_s = (spec.burst_size_mean - 1.0) * spec.within_burst_s
    mean = rate_hz / spec.burst_size_mean * lasts_s
    session = np.repeat(
        np.arange(len(presence.start_s)), generator.poisson(mean, len(presence.start_s))
    )
    gap_s = generator.exponential(spec.within_burst_s, len(session))
    return Arrivals(presence.start_s[session] + gap_s, session, np.arange(len(session)))


def _together(one: Arrivals, other: Arrivals) -> Arrivals:
    """Both, the bursts of the second numbered after those of the first."""
    return Arrivals(
        np.concatenate([one.time_s, other.time_s]),
        np.concatenate([one.session, other.session]),
        np.concatenate([one.burst, len(one.burst) + other.burst]),
    )


def periodic(
    spec: PeriodicSpec, rate_hz: float, presence: Presence, generator: Generator
) -> Arrivals:
    """A start every `1 / rate_hz` seconds, the first at a uniform phase of the session."""
    start_s = np.maximum(presence.start_s, spec.from_s)
    length_s = np.maximum(presence.end_s - start_s, 0.0)
    phase_s = generator.random(len(length_s)) / rate_hz if rate_hz else length_s
    counts = np.maximum(np.ceil((length_s - phase_s) * rate_hz), 0).astype(np.int64)
    session = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(session)) - np.repeat(np.cumsum(counts) - counts, counts)
    time_s = start_s[session] + phase_s[session] + rank / max(rate_hz, 1e-300)
    kept = time_s < presence.end_s[session]
    return Arrivals(time_s, session, np.arange(len(session))).where(kept)


def diurnal(
    spec: DiurnalSpec, rate_hz: float, presence: Presence, generator: Generator
) -> Arrivals:
    """Poisson starts at the peak rate, thinned to the rate of the moment."""
    candidates = poisson(rate_hz * spec.peak_to_mean, presence, generator)
    now = diurnal_rate(spec, candidates.time_s) / spec.peak_to_mean
    return candidates.where(generator.random(len(now)) < now)


def diurnal_rate(spec: DiurnalSpec, time_s: Floats) -> Floats:
    """The rate at `time_s` relative to its mean."""
    phase = 2.0 * math.pi / spec.period_s * time_s
    return np.asarray(1.0 + (spec.peak_to_mean - 1.0) * np.sin(phase))
