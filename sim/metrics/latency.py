"""How long people wait, per action, from the moment they meant to act.

Counting from the intended time keeps the wait for a dead connection in the figure. Quantiles are
over the receptions that arrived; `late_1s` and the curve of `later_than` also count those that
never did, so a design cannot look quick by losing its slow messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import Judged, Metric, Rate, Receptions, Value, quantile

# One second is about the limit for an unbroken flow of thought (Nielsen, Usability Engineering,
# 1993, section 5.5).
LATE_S: Final = 1.0
# 1 ms to 1,000 s, ten steps a decade: spans a LAN hop to an outage.
GRID_S: Final = tuple(float(f"{10 ** (step / 10):.4g}") for step in range(-30, 31))

Pick = Callable[[Judged], Receptions]


def told_s(judged: Judged) -> Column:
    """Seconds until senders learned their message was taken, over the messages that were."""
    told = judged.messages["told_s"] - judged.messages["time_s"]
    waited = told[judged.measured_sends]
    return np.asarray(waited[~np.isnan(waited)])


def never_told(judged: Judged) -> Value:
    """Messages whose sender learned neither success nor failure; None where nobody ever does."""
    if np.isnan(judged.messages["told_s"]).all():
        return None
    rows = judged.measured_sends
    known = np.isfinite(judged.messages["told_s"]) | np.isfinite(judged.messages["failed_s"])
    return Rate.of((~known[rows]).sum(), len(rows))


def late(judged: Judged) -> Value:
    """Owed receptions not there within `LATE_S`, those that never came included."""
    sends = judged.sends
    return Rate.of(len(sends.message) - (sends.delay_s <= LATE_S).sum(), len(sends.message))


def later_than(judged: Judged) -> dict[str, list[float]]:
    """Share of owed receptions that took longer than each grid time, or never came."""
    owed, delay_s = len(judged.sends.message), np.sort(judged.sends.delay_s)
    within = np.searchsorted(delay_s, GRID_S, side="right")
    share = (owed - within) / owed if owed else np.zeros(0)
    return {"latency_s": list(GRID_S) if owed else [], "share": [float(part) for part in share]}


def _waits(name: str, what: str, pick: Pick, shares: tuple[float, ...]) -> list[Metric]:
    return [_wait(name, what, pick, share) for share in shares]


def _wait(name: str, what: str, pick: Pick, share: float) -> Metric:
    label = f"{share * 100:g}".replace(".", "")
    text = f"{share * 100:g} % of {what} take at most this long, among those that arrived."

    def compute(judged: Judged) -> Value:
        return quantile(pick(judged).delay_s, share)

    return Metric(f"{name}_p{label}", "s", "lower", "quantile", text, compute)


def _told(share: float) -> Metric:
    text = f"{share * 100:g} % of senders told of success know it after at most this long."
    name = f"told_p{share * 100:g}"
    return Metric(
        name, "s", "lower", "quantile", text, lambda judged: quantile(told_s(judged), share)
    )


def _absent(name: str, what: str, action: int, pick: Pick) -> Metric:
    def compute(judged: Judged) -> Value:
        rows = pick(judged)
        if not judged.offered(action):
            return None
        return Rate.of((~rows.reached).sum(), len(rows.message))

    return Metric(f"{name}_lost", "share", "lower", "rate", f"{what} that never arrived.", compute)


METRICS: Final = (
    *_waits("latency", "messages", lambda judged: judged.sends, (0.5, 0.9, 0.99, 0.999)),
    Metric(
        "late_1s",
        "share",
        "lower",
        "rate",
        f"Owed receptions not there {LATE_S:g} s after the sender pressed send, or never.",
        late,
    ),
    _told(0.5),
    _told(0.99),
    Metric(
        "never_told",
        "share",
        "lower",
        "rate",
        "Messages whose sender had learned neither success nor failure when the run ended.",
        never_told,
    ),
    *_waits("typing_latency", "typing signals", lambda judged: judged.typing, (0.5, 0.99)),
    _absent("typing", "Typing signals owed", record.TYPING, lambda judged: judged.typing),
    *_waits("seen_latency", "seen marks", lambda judged: judged.seen, (0.5, 0.99)),
    _absent("seen", "Seen marks owed", record.SEEN, lambda judged: judged.seen),
    *_waits("list_latency", "list requests", lambda judged: judged.lists, (0.5, 0.99)),
    _absent("list", "Answers to list requests", record.LIST, lambda judged: judged.lists),
)
