"""How long people wait, per action, from the moment they meant to act.

Counting from the intended time keeps the wait for a dead connection in the figure. Everything is
over what was owed: what never came took for ever, so a design cannot look quick by losing its slow
messages. A quantile beyond what came is infinite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import (
    Headline,
    Judged,
    Margin,
    Metric,
    Rate,
    Receptions,
    Shown,
    Value,
)
from sim.metrics.sample import Sample
from sim.metrics.spells import LATE_S

# 1 ms to 1,000 s, ten steps a decade: spans a LAN hop to an outage.
GRID_S: Final = tuple(float(f"{10 ** (step / 10):.4g}") for step in range(-30, 31))

# Nobody notices 10 ms, and a twentieth is about the least change of a longer duration that people
# tell apart (Getty, Perception & Psychophysics 18, 1975).
WAIT: Final = Margin(absolute=0.01, relative=0.05)
# One message in 200: about one a day for somebody who receives 200.
SHARE: Final = Margin(absolute=0.005, relative=0.05)

Pick = Callable[[Judged], Sample | None]


def latency(judged: Judged) -> Sample:
    """Messages owed to others than their sender."""
    return judged.sends.sample


def told(judged: Judged) -> Sample | None:
    """Answers that a message has been taken, owed to its sender; None where nobody is ever told.

    Being told of failure, or nothing, is never being told of success.
    """
    if np.isnan(judged.messages["told_s"]).all():
        return None
    rows = _awaited(judged)
    waited_s = (judged.messages["told_s"] - judged.messages["time_s"])[rows]
    return Sample(len(rows), np.round(waited_s[~np.isnan(waited_s)], 6))


def _awaited(judged: Judged) -> Column:
    """Measured sends whose sender waited for the answer, as a recipient must to be owed it."""
    rows, meta = judged.measured_sends, judged.history.meta
    if meta["owed"] != "present":
        return rows
    start_s = judged.messages["time_s"][rows]
    person = judged.messages["actor"][rows]
    stays = record.in_session(judged.history, person, start_s, start_s + meta["grace_s"])
    return np.asarray(rows[stays])


def never_told(judged: Judged) -> Value:
    """Messages whose sender learned neither success nor failure; None where nobody ever does."""
    if np.isnan(judged.messages["told_s"]).all():
        return None
    rows = _awaited(judged)
    known = np.isfinite(judged.messages["told_s"]) | np.isfinite(judged.messages["failed_s"])
    return Rate.of((~known[rows]).sum(), len(rows))


def _carried(action: int, pick: Callable[[Judged], Receptions]) -> Pick:
    """The sample of an action; None where the design does not carry it at all."""
    return lambda judged: pick(judged).sample if judged.offered(action) else None


typing_latency: Final = _carried(record.TYPING, lambda judged: judged.typing)
seen_latency: Final = _carried(record.SEEN, lambda judged: judged.seen)
list_latency: Final = _carried(record.LIST, lambda judged: judged.lists)


def late(judged: Judged) -> Value:
    """Owed receptions not there within `LATE_S`, those that never came included."""
    sends = judged.sends
    return Rate.of(len(sends.message) - sends.sample.within(LATE_S), len(sends.message))


def later_than(judged: Judged) -> dict[str, list[float]]:
    """Share of owed receptions that took longer than each grid time, or never came."""
    owed, within = len(judged.sends.message), judged.sends.sample.within(np.array(GRID_S))
    share = (owed - within) / owed if owed else np.zeros(0)
    return {"latency_s": list(GRID_S) if owed else [], "share": [float(part) for part in share]}


def _waits(family: str, what: str, pick: Pick, shown: Mapping[float, Shown]) -> list[Metric]:
    return [_wait(family, what, pick, (share, one)) for share, one in shown.items()]


def _wait(family: str, what: str, pick: Pick, at: tuple[float, Shown]) -> Metric:
    share, shown = at
    label = f"{share * 100:g}".replace(".", "")
    text = f"{share * 100:g} % of {what} take at most this long; what never came takes for ever."

    def compute(judged: Judged) -> Value:
        sample = judged.once(pick)
        return None if sample is None else sample.quantile(share)

    name = f"{family}_p{label}"
    return Metric(name, "s", "lower", "quantile", text, compute, WAIT, share, pick, shown=shown)


def _absent(name: str, what: str, pick: Pick, shown: Shown, apart: bool = False) -> Metric:
    def compute(judged: Judged) -> Value:
        sample = judged.once(pick)
        return None if sample is None else Rate.of(sample.owed - len(sample.delay_s), sample.owed)

    text = f"{what} that never arrived."
    name = f"{name}_lost"
    return Metric(name, "share", "lower", "rate", text, compute, SHARE, shown=shown, apart=apart)


METRICS: Final = (
    *_waits(
        "latency",
        "messages",
        latency,
        {
            0.5: Shown(
                "median latency",
                "median delivery latency",
                "latency",
                action=("receive", "median"),
                headline=Headline(rank=1, column=1, head="median"),
            ),
            0.9: Shown("p90 latency", "90th percentile of delivery latency", "latency"),
            0.99: Shown(
                "p99 latency",
                "99th percentile of delivery latency",
                "latency",
                action=("receive", "p99"),
            ),
            0.999: Shown("p99.9 latency", "99.9th percentile of delivery latency", "latency"),
        },
    ),
    Metric(
        "late_1s",
        "share",
        "lower",
        "rate",
        f"Owed receptions not there {LATE_S:g} s after the sender pressed send, or never.",
        late,
        SHARE,
        shown=Shown(
            "not there after 1\u00a0s",
            "messages not there after 1 s, or never",
            "latency",
            headline=Headline(
                rank=2, column=2, head="late", note="late: not there after 1 s, or never"
            ),
        ),
        live=True,
    ),
    *_waits(
        "told",
        "answers to senders that their message was taken",
        told,
        {
            0.5: Shown(
                "told OK, median",
                "median time until the sender is told OK",
                "latency",
                action=("send", "median"),
            ),
            0.99: Shown(
                "told OK, p99",
                "99th percentile of the time until the sender is told OK",
                "latency",
                action=("send", "p99"),
            ),
        },
    ),
    Metric(
        "never_told",
        "share",
        "lower",
        "rate",
        "Messages whose sender had learned neither success nor failure when the run ended.",
        never_told,
        SHARE,
        shown=Shown("never told", "messages whose sender never learned the outcome", "latency"),
        live=True,
        apart=True,
    ),
    *_waits(
        "typing_latency",
        "typing signals",
        typing_latency,
        {
            0.5: Shown(
                "typing, median", "median latency of typing", "actions", action=("typing", "median")
            ),
            0.99: Shown(
                "typing, p99",
                "99th percentile of typing latency",
                "actions",
                action=("typing", "p99"),
            ),
        },
    ),
    _absent(
        "typing",
        "Typing signals owed",
        typing_latency,
        Shown(
            "typing lost", "typing signals that never arrived", "actions", action=("typing", "lost")
        ),
    ),
    *_waits(
        "seen_latency",
        "seen marks",
        seen_latency,
        {
            0.5: Shown(
                "seen, median", "median latency of seen", "actions", action=("seen", "median")
            ),
            0.99: Shown(
                "seen, p99",
                "99th percentile of the latency of seen",
                "actions",
                action=("seen", "p99"),
            ),
        },
    ),
    _absent(
        "seen",
        "Seen marks owed",
        seen_latency,
        Shown("seen lost", "seen marks that never arrived", "actions", action=("seen", "lost")),
    ),
    *_waits(
        "list_latency",
        "list requests",
        list_latency,
        {
            0.5: Shown(
                "list, median",
                "median time until a list is shown",
                "actions",
                action=("list", "median"),
            ),
            0.99: Shown(
                "list, p99",
                "99th percentile of the time until a list is shown",
                "actions",
                action=("list", "p99"),
            ),
        },
    ),
    _absent(
        "list",
        "Answers to list requests",
        list_latency,
        Shown(
            "list lost",
            "list requests that were never answered",
            "actions",
            action=("list", "lost"),
        ),
        apart=True,
    ),
)
