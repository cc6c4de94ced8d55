"""`list`: what there is to name in a scenario, one table each."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from sim.scenario.designs import Design

Row = tuple[str, ...]
PIPED_WIDTH = 10_000


def rows_of(kind: str, known: "Mapping[str, Design]") -> tuple[Row, list[Row]]:
    """The head and the rows of the table that lists `kind`."""
    makers: dict[str, tuple[Row, Callable[[], Iterable[Row]]]] = {
        "designs": (("design", "what it is"), lambda: _designs(known)),
        "networks": (("profile", "delay up + down", "rate up / down", "source"), _networks),
        "boxes": (("preset", "limits in seconds", "what it is", "source"), _boxes),
        "http-servers": (("server", "closes an idle connection", "source"), _http_servers),
        "faults": (("fault", "keys", "what happens"), _faults),
        "metrics": (("metric", "unit", "better", "what it says"), _metrics),
        "guarantees": (("guarantee", "kind", "bound", "what it promises"), _guarantees),
        "scenarios": (("scenario", "question"), _scenarios),
    }
    head, make = makers[kind]
    return head, list(make())


def show(kind: str, known: "Mapping[str, Design]", *, json: bool = False) -> None:
    """Print the table and what to do with it, or the rows as JSON; what is piped is not wrapped."""
    from sim.commands.output import console_for_results

    head, rows = rows_of(kind, known)
    if json:
        _print_json([dict(zip(head, row, strict=True)) for row in rows])
        return
    console = console_for_results()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(_table(head, rows), markup=False)
    console.print(f"Next: {_NEXT[kind]}", markup=False)


def schema() -> None:
    """Print the JSON schema of a scenario, as the models enforce it."""
    from sim.scenario.problems import schema as rules

    _print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **rules().root})


def _print_json(value: object) -> None:
    import json

    print(json.dumps(value, indent=1))


def _table(head: Row, rows: Iterable[Row]) -> "Table":
    import rich.box
    from rich.table import Table

    table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for number, title in enumerate(head):
        table.add_column(title, no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


_NEXT = {
    "designs": "rtcsim compare --designs NAME,NAME",
    "networks": "rtcsim compare --set networks.0.profile=NAME",
    "boxes": "rtcsim compare --set servers.proxy=NAME (or networks.0.nat=NAME)",
    "http-servers": "rtcsim compare --set servers.http_server=NAME",
    "faults": "rtcsim new, then add a [[faults]] table to the file",
    "metrics": "rtcsim compare, then open the report",
    "guarantees": "rtcsim check commuter-day --guarantee NAME",
    "scenarios": "rtcsim compare NAME",
}


def _designs(known: "Mapping[str, Design]") -> Iterable[Row]:
    return ((name, design.summary) for name, design in known.items())


def _networks() -> Iterable[Row]:
    from sim.network.profiles import PROFILES

    for name, one in PROFILES.items():
        delay = f"{one.delay_up_s * 1e3:g} + {one.delay_down_s * 1e3:g} ms"
        rate = f"{one.rate_up_bps / 1e6:g} / {one.rate_down_bps / 1e6:g} Mbit/s"
        yield name, delay, rate, one.source


def _boxes() -> Iterable[Row]:
    from sim.path.presets import PRESETS

    for name, one in PRESETS.items():
        numbers = one.limits.model_dump(exclude={"layer"}, exclude_none=True)
        limits = ", ".join(_number(key, value) for key, value in numbers.items())
        yield name, limits, one.what, one.source


def _number(key: str, value: object) -> str:
    """As `idle_timeout 60`; words and switches speak for themselves."""
    if isinstance(value, bool):
        return key
    return f"{key.removesuffix('_s')} {value:g}" if isinstance(value, int | float) else str(value)


def _http_servers() -> Iterable[Row]:
    from math import inf

    from sim.path.http_servers import HTTP_SERVERS

    for name, one in HTTP_SERVERS.items():
        after_s = one.closes_after_s
        yield name, "never" if after_s == inf else f"after {after_s:g} s", one.source


def _faults() -> Iterable[Row]:
    from sim.scenario.problems import schema

    rules = schema()
    faults = rules.resolve(rules.keys(rules.root)["faults"])
    for kind, node in rules.kinds(faults["items"]).items():
        keys = ", ".join(key for key in rules.keys(node) if key != "kind")
        yield kind, keys, " ".join(str(node.get("description", "")).split())


def _metrics() -> Iterable[Row]:
    from sim.metrics import METRICS

    return ((one.name, one.unit, one.better, one.help) for one in METRICS)


def _guarantees() -> Iterable[Row]:
    from sim.guarantees import GUARANTEES

    for name, one in GUARANTEES.items():
        yield name, one.kind, "none" if one.bound_s is None else f"{one.bound_s:g} s", one.statement


def _scenarios() -> Iterable[Row]:
    import tomllib

    from sim.scenario.load import shipped

    return ((name, tomllib.loads(text)["question"]) for name, text in shipped().items())
