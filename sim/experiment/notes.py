"""What a difference between designs comes from, where their descriptions say it.

Two designs that differ in a cursor, an idempotency key or a store differ by that before they
differ by what they are named after. Reads the rows that designs describe themselves with and the
figures they show; knows no design. A row that nobody describes is never spoken of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.report import stored
from sim.report.stored import Results

Row = Mapping[str, Any]

_NAMES: Final = 3  # of designs, before the rest are counted


@dataclass(frozen=True, slots=True)
class Lack:
    """What explains a figure: a design that `lacks` it shows `metric` for that reason.

    `lacks` answers None for a design that it says nothing about.
    """

    metric: str
    lacks: Callable[[Row], bool | None]
    shows: tuple[str, str]  # what one design does, what several do
    why: str


def _says(row: Row, key: str, word: str) -> bool | None:
    return row[key] == word if key in row else None


def _unacknowledged(row: Row) -> bool | None:
    """Whether nobody tells the sender's end that a message came; every request is answered."""
    by_channel = {
        "websocket": _says(row, "acks", "no"),
        "mqtt": _says(row, "qos", "0"),
        "http": False,
    }
    return by_channel.get(str((row.get("channels") or {}).get("send")))


_LACKS: Final = (
    Lack(
        "loss_pressed",
        lambda row: _says(row, "recovery", "none"),
        ("loses what arrives while people are away", "lose what arrives while people are away"),
        "no cursor and no session to catch up from",
    ),
    Lack(
        "loss_pressed",
        _unacknowledged,
        ("loses what is sent into a dead connection", "lose what is sent into a dead connection"),
        "sends are not acknowledged",
    ),
    Lack(
        "loss_told",
        lambda row: _says(row, "stored", "no"),
        ("loses what senders were told is safe", "lose what senders were told is safe"),
        "nothing is stored first",
    ),
    Lack(
        "duplicates_visible",
        lambda row: _says(row, "idempotency key", "no"),
        ("shows messages twice", "show messages twice"),
        "requests that are made again carry no idempotency key",
    ),
)


def notes(summary: Mapping[str, Any]) -> list[str]:
    """One sentence per lack that shows, and one where heartbeats differ; empty for one design."""
    results = stored.from_summary(summary)
    rows = {name: results.part("descriptions").get(name) or {} for name in results.designs}
    if len(rows) < 2:
        return []
    return [*_lacks(results, rows), *_timers(rows)]


def _lacks(results: Results, rows: Mapping[str, Row]) -> Iterator[str]:
    for lack in _LACKS:
        lacks = {name: lack.lacks(row) for name, row in rows.items()}
        shown = [one for one in rows if lacks[one] and results.estimate(one, lack.metric).value]
        others = [one for one in rows if lacks[one] is False]
        if shown and others:
            does = lack.shows[len(shown) > 1]
            yield f"{listed(shown)} {does}: {lack.why} (unlike {listed(others)})."


def _timers(rows: Mapping[str, Row]) -> Iterator[str]:
    """How often each pings, where it is not the same for all that do."""
    by_timer: dict[str, list[str]] = {}
    for name, row in rows.items():
        if isinstance(row.get("pings"), str):
            by_timer.setdefault(row["pings"], []).append(name)
    if len(by_timer) > 1:
        said = [
            f"{listed(names)} {'pings' if len(names) == 1 else 'ping'} {timer}"
            for timer, names in by_timer.items()
        ]
        yield f"{'; '.join(said)}: part of the difference in loss and stale time is that timer."


def listed(names: Sequence[str]) -> str:
    """At most three names, and how many more."""
    shown = list(names)
    if len(shown) > _NAMES + 1:
        shown = [*shown[:_NAMES], f"{len(shown) - _NAMES} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
