"""What one run says about the quantities that were measured: pure functions of a history.

People in the first half write, each to one reader in the second half (`one-way-pairs`), so a
message has one receiver and a room is a pair. An outage has a message when it was sent between
5 s before its start and 5 s before the next one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sim.history import CAUSES, OUTCOMES, SEND, History, in_window

Floats = npt.NDArray[np.float64]

LEAD_S: Final = 5.0  # a message belongs to an outage from so long before its start
_NOT_CONNECTED: Final = CAUSES.index("not connected")
_OPENED: Final = OUTCOMES.index("opened")


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of the measured window: when sent, in which room, first and number of arrivals."""

    sent_s: Floats
    room: npt.NDArray[np.int32]
    first_s: Floats  # nan: never
    copies: npt.NDArray[np.int64]
    refused: npt.NDArray[np.bool_]  # the client had no connection when asked to send


@dataclass(frozen=True, slots=True)
class Outage:
    """One fault: its side, when it began, how long it lasted and until the next began."""

    side: str
    start_s: float
    down_s: float
    up_s: float

    @property
    def end_s(self) -> float:
        """When all works again (a process: when it was started anew)."""
        return self.start_s + self.down_s

    def has(self, time_s: Floats) -> npt.NDArray[np.bool_]:
        """Which sending times belong to it."""
        begin_s = self.start_s - LEAD_S
        return np.asarray((time_s >= begin_s) & (time_s < begin_s + self.down_s + self.up_s))


def messages(history: History) -> Messages:
    """The measured messages and what became of them."""
    table, deliveries = history.tables["messages"], history.tables["deliveries"]
    count = len(table["time_s"])
    first_s = np.full(count, np.inf)
    np.minimum.at(first_s, deliveries["message"], deliveries["time_s"])
    copies = np.bincount(deliveries["message"], minlength=count)
    kept = in_window(history, table["time_s"]) & (table["action"] == SEND)
    return Messages(
        table["time_s"][kept],
        table["conversation"][kept],
        np.where(np.isinf(first_s), np.nan, first_s)[kept],
        copies[kept],
        _refused(history)[kept],
    )


def _refused(history: History) -> npt.NDArray[np.bool_]:
    """Sends for which the client had no connection: dropped at once, or kept for the next one."""
    table, drops = history.tables["messages"], history.tables["drops"]
    refused = np.zeros(len(table["time_s"]), bool)
    dropped = drops["message"][drops["cause"] == _NOT_CONNECTED]
    refused[dropped] = np.isnan(table["sent_s"][dropped])
    episodes = history.tables["episodes"]
    spans = zip(episodes["person"], episodes["noticed_s"], episodes["open_s"], strict=True)
    for person, from_s, to_s in spans:
        until_s = np.inf if np.isnan(to_s) else to_s
        own = table["actor"] == person
        refused |= own & (table["time_s"] >= from_s) & (table["time_s"] < until_s)
    return refused


def latencies_ms(history: History) -> Floats:
    """Latencies of all messages that arrived, in ms, in no useful order."""
    found = messages(history)
    latency_s = found.first_s - found.sent_s
    return np.asarray(latency_s[~np.isnan(latency_s)] * 1e3)


def kernel(history: History) -> dict[str, float]:
    """Kernel counters of the run, summed over both ends of all connections."""
    return {name: float(count) for name, count in history.meta["kernel"].items()}


def takeovers(history: History) -> dict[str, float]:
    """Connections opened a minute while measuring."""
    attempts, meta = history.tables["attempts"], history.meta
    opened_s = attempts["time_s"] + attempts["took_s"]
    kept = in_window(history, opened_s) & (attempts["outcome"] == _OPENED)
    return {"takeovers_per_min": float(kept.sum()) * 60.0 / meta["measure_s"]}


def comebacks(history: History, restored_s: float) -> dict[str, float]:
    """When clients that were cut off were connected again, from the restoration on."""
    back_s = history.tables["episodes"]["open_s"] - restored_s
    back_s = back_s[~np.isnan(back_s)]
    return {
        f"back_p{rank}_s": float(np.percentile(back_s, rank)) if len(back_s) else float("nan")
        for rank in (50, 95)
    }


def per_side(history: History, outages: Sequence[Outage]) -> dict[str, dict[str, float]]:
    """Side -> quantities of its outages, summed or taken at the median, as the tables have them."""
    found = messages(history)
    sides = dict.fromkeys(one.side for one in outages)
    return {
        side: _of_outages(found, own) | _disconnects(history, own)
        for side, own in ((side, [one for one in outages if one.side == side]) for side in sides)
    }


def _disconnects(history: History, outages: Sequence[Outage]) -> dict[str, float]:
    """How often writers and readers noticed that a connection was over."""
    episodes = history.tables["episodes"]
    noticed = np.zeros(len(episodes["person"]), bool)
    for outage in outages:
        noticed |= outage.has(episodes["noticed_s"])
    writers = episodes["person"] < history.meta["people"] // 2
    return {
        "disconnects_senders": float((noticed & writers).sum()),
        "disconnects_receivers": float((noticed & ~writers).sum()),
    }


def _of_outages(found: Messages, outages: Sequence[Outage]) -> dict[str, float]:
    lost = duplicated = copies = refused = sent = 0.0
    first: list[Floats] = []
    first_new: list[Floats] = []
    from_send: list[Floats] = []
    for outage in outages:
        own = outage.has(found.sent_s)
        extra = np.maximum(found.copies[own] - 1, 0)
        sent += float(own.sum())
        lost += float(np.isnan(found.first_s[own]).sum())
        duplicated += float((extra > 0).sum())
        copies += float(extra.sum())
        refused += float(found.refused[own].sum())
        first.append(_first_after(found, outage, outage.start_s - LEAD_S) - outage.end_s)
        first_new.append(_first_after(found, outage, outage.end_s) - outage.end_s)
        from_send.append(_from_first_send(found, outage))
    return {
        "sent": sent,
        "lost": lost,
        "dup_msgs": duplicated,
        "dup_copies": copies,
        "given_up_local": refused,
        "first_arrival_after_p50_s": _median(first),
        "first_new_message_after_p50_s": _median(first_new),
        "first_arrival_p50_s": _median(from_send),
    }


def _median(parts: Sequence[Floats]) -> float:
    values = np.concatenate(parts)
    values = values[~np.isnan(values)]
    return float(np.median(values)) if len(values) else float("nan")


def _rooms(found: Messages) -> int:
    return int(found.room.max(initial=-1)) + 1


def _first_after(found: Messages, outage: Outage, sent_from_s: float) -> Floats:
    """By room: the first arrival after the end of a message sent at `sent_from_s` or later."""
    first_s = np.full(_rooms(found), np.inf)
    chosen = (found.sent_s >= sent_from_s) & (found.first_s >= outage.end_s)
    np.minimum.at(first_s, found.room[chosen], found.first_s[chosen])
    return np.where(np.isinf(first_s), np.nan, first_s)


def _from_first_send(found: Messages, outage: Outage) -> Floats:
    """By room: from the first message sent into the outage to the first arrival after it."""
    sent_s = np.full(_rooms(found), np.inf)
    into = (found.sent_s >= outage.start_s) & (found.sent_s < outage.end_s)
    np.minimum.at(sent_s, found.room[into], found.sent_s[into])
    return _first_after(found, outage, outage.start_s) - np.where(np.isinf(sent_s), np.nan, sent_s)
