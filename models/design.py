"""A design is a table: which channel carries each action, and the options of what it is made of.

Values are the real software's defaults unless a design says otherwise (`models.options`);
`assumptions` lists what its source leaves open. `build` turns the table into a system under test;
nothing else in this package is specific to one design.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from models import footing
from models.fit import (
    ACTIONS,
    CLAIMS,
    conflicts,
    kinds_of,
    misfits,
    most_gateways,
    own_groups,
    unroutable,
)
from models.options import GROUPS, Group, Options, Routes
from models.protocols.backoff import BACKOFFS
from models.settings import (
    FLAT,
    WHOLES,
    Path,
    Problem,
    Table,
    merged,
    options,
    typed,
    words,
    written,
)
from models.system import System
from models.tables import Mistake, near
from models.traits import Trait, pings_s, traits

if TYPE_CHECKING:
    from sim.world import World

_BROADCAST: Final = "publish and subscribe, at most once"
_TEXTS: Final = ("claims", "assumptions", "sources")


class DesignError(ValueError):
    """A table that cannot be: `problems` has every key that is wrong, and what is."""

    def __init__(self, design: str, problems: Sequence[Problem]) -> None:
        super().__init__(design, problems)
        self.design = design
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(f"design {self.design!r}: {message}" for _, message in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One architecture as a row of choices.

    list, send, receive, typing, seen: the channel of each action. settings: options by group, as
    far as they are not the defaults: a preset's name, a table of numbers, or both; `options` has
    them all. claims: guarantees that the design promises.
    Raises DesignError with every choice that does not exist or that nothing in the design reads.

    >>> mine = Design(
    ...     name="mine", summary="Mine.", list="http", send="http", receive="websocket",
    ...     typing="websocket", seen="http",
    ...     settings={"heartbeat": {"preset": "engine.io", "interval_s": 15}},
    ... )
    >>> mine.options.heartbeat.ends.server.ping.interval_s
    15.0
    """

    name: str
    summary: str
    list: str
    send: str
    receive: str
    typing: str
    seen: str
    settings: Mapping[str, Any] = field(default_factory=dict, compare=False)
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    options: Options = field(init=False, repr=False)

    def __post_init__(self) -> None:
        tables, names = written(self.settings)
        groups, mistakes = _examined(_row(self), tables)
        if mistakes:
            raise DesignError(self.name, _problems(mistakes, names))
        object.__setattr__(self, "settings", tables)
        mine = {*GROUPS, *(group for kind in kinds_of(self.routes) for group in kind.groups)}
        read = {name: group for name, group in groups.items() if name in mine}
        object.__setattr__(self, "options", options(read, _on_disk(self.receive, groups)))

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def routes(self) -> Routes:
        """Which channel carries each action."""
        return Routes(self.list, self.send, self.receive, self.typing, self.seen)

    @property
    def parts(self) -> tuple[object, ...]:
        """What makes its channels: theirs is the source that a result depends on, too."""
        return tuple(kind.build for kind in kinds_of(self.routes))

    @property
    def on_disk(self) -> bool:
        """Whether what a node has accepted outlives its process, readers' queues included."""
        return self.options.on_disk

    @property
    def gateways_max(self) -> float:
        """Gateways that it can have: as many as its backplane can join."""
        return most_gateways(self.options.backplane.kind)

    @property
    def keys(self) -> tuple[str, ...]:
        """What a variant may change; groups of options take tables."""
        return ("summary", *ACTIONS, *GROUPS, *own_groups(), *FLAT, *WHOLES, *_TEXTS)

    def build(self, world: World) -> System:
        """The system under test, in `world`, with nobody connected yet."""
        return System(world, self.routes, self.options)

    def describe(self) -> dict[str, str | dict[str, str]]:
        """What a report says about the design; the channels are under "channels"."""
        now = self.options
        text = {
            "acks": words(now.websocket.acks),
            "stored": words(now.store.stored),
            "recovery": words(self.settings.get("recovery", {"kind": now.recovery.kind})),
            "heartbeat": words(self.settings.get("heartbeat", {"preset": "websockets"})),
        }
        used = {kind.name for kind in kinds_of(self.routes)}
        if "mqtt" in used:
            mqtt = self.settings.get("mqtt", {})
            text["session"] = "clean" if now.mqtt.clean_session else "persistent"
            text["qos"] = str(now.mqtt.qos)
            text["broker"] = words(mqtt.get("broker", "mosquitto"))
            text["client"] = words(mqtt.get("client", "mqtt.js"))
        if pings := self._pings():
            text["pings"] = pings
        if now.websocket.acks:
            text["repeats known by"] = now.websocket.dedup
        if "http" in used:
            text["idempotency key"] = words(now.store.idempotent)
        if "keys" in (store := self.settings.get("store", {})):
            text["keys are known"] = words(store["keys"])
        if "send_buffer" in (connection := self.settings.get("connection", {})):
            text["slow readers"] = words(connection["send_buffer"])
        if "message_limit" in connection:
            text["messages a connection"] = words(connection["message_limit"])
        if "tcp" in self.settings:
            text["TCP"] = words(self.settings["tcp"])
        return {
            "summary": self.summary,
            "channels": asdict(self.routes),
            **text,
            **self._own_words(),
            **self._backoff(),
            **self._client(),
            "backplane": words(self.settings.get("backplane", _BROADCAST)),
            "claims": ", ".join(self.claims) or "none",
            "assumptions": "; ".join(self.assumptions) or "none",
            "sources": "; ".join(self.sources) or "none",
        }

    def traits(self) -> dict[str, Trait]:
        """What it has of what a difference may come from, as values (`models.traits`)."""
        return traits(self.routes, self.options)

    def _own_words(self) -> dict[str, str]:
        """What channels say of options of their own."""
        told: dict[str, str] = {}
        for kind in kinds_of(self.routes):
            told |= kind.describes(self.options)
        return told

    def _backoff(self) -> dict[str, str]:
        """The schedule in words, and whose it is, where a channel has one."""
        if not any("backoff" in kind.reads for kind in kinds_of(self.routes)):
            return {}
        table = self.settings.get("backoff", {"preset": "websockets"})
        source = self.options.backoff.policy.source
        whose = source if table.get("preset") in BACKOFFS else "own setting"
        return {"back-off": f"{words(table)} ({whose})"}

    def _client(self) -> dict[str, str]:
        """What clients run in, and what they are told of their links, where a channel asks."""
        if not any("client" in kind.reads for kind in kinds_of(self.routes)):
            return {}
        software = self.options.client.software
        found = "is found by heartbeats, writes and TCP alone"
        if software.lost_after_s < math.inf:
            found = f"is given up after {software.lost_after_s:g} s"
        if software.redials_after_s < math.inf:
            found += f", one that is back dialled {software.redials_after_s:g} s later"
        return {"client": f"{words(self.settings.get('client', 'python'))}: a dead link {found}"}

    def _pings(self) -> str:
        """Which end pings how often; "" for a design without a connection that stays open."""
        every = pings_s(self.routes, self.options)
        if every is None:
            return ""
        if len(set(every.values())) == 1:
            whose = "both ends" if len(every) == 2 else f"the {next(iter(every))}"
            return f"every {next(iter(every.values())):g} s from {whose}"
        said = [f"every {interval_s:g} s from the {end}" for end, interval_s in every.items()]
        return ", ".join(said) or "never"

    def on_equal_footing(self, parts: Collection[str] = footing.PARTS) -> footing.Stand[Design]:
        """This design with the same timers, store, key and recovery as all (`models.footing`)."""
        return footing.on_equal_footing(self, parts)

    def variant(self, name: str, changes: Mapping[str, Any]) -> Design:
        """This design under another name with some things changed; they are its summary, too,
        unless it is given one.

        Changes are actions, texts, and options: a group's table (numbers alone change what is
        there, a preset or kind replaces it), or one key that may stand by itself. What this design
        says of options that the variant reads no longer falls back to its default.
        Raises DesignError with every key that does not exist, whose value is not allowed, or that
        nothing in the variant reads.

        >>> from models import DESIGNS
        >>> DESIGNS["hybrid"].variant("mine", {"heartbeat": {"interval_s": 15}}).summary
        'hybrid, but heartbeat.interval_s = 15.'
        """
        known = {key: _frozen(value) for key, value in changes.items() if key in self.keys}
        unknown = [_unknown(key, self.keys) for key in changes if key not in self.keys]
        row: Table = {key: known.get(key, value) for key, value in _row(self).items()}
        if known and "summary" not in known:
            said = ", ".join(_said(key, value) for key, value in known.items())
            row["summary"] = f"{self.name}, but {said}."
        given, names = written({key: one for key, one in known.items() if key not in row})
        settings = _settled(row, merged(self.settings, given), given)
        mistakes = _examined(row, settings)[1]
        if mistakes or unknown:
            raise DesignError(name, [*unknown, *_problems(mistakes, names)])
        return Design(**{**row, "name": name, "settings": settings})


def _row(design: Design) -> Table:
    return {key: getattr(design, key) for key in ("summary", *ACTIONS, *_TEXTS)}


def _routes(row: Mapping[str, Any]) -> Routes:
    return Routes(**{action: row[action] for action in ACTIONS})


def _examined(row: Table, settings: Table) -> tuple[dict[str, Group], list[Mistake]]:
    """The options, and everything that is wrong; what is ill-formed counts as left out."""
    groups, mistakes = typed(settings, own_groups())
    ill = [at[0] for at, _, _ in mistakes]
    routes = _routes(row)
    mistakes = [*_wrong_texts(row), *unroutable(routes), *mistakes]
    if not any(at[0] in ACTIONS for at, _, _ in mistakes):
        sound = {group: table for group, table in settings.items() if group not in ill}
        mistakes += [*misfits(routes, groups, sound), *conflicts(routes, groups)]
    return groups, mistakes


def _settled(row: Table, settings: Table, given: Table) -> Table:
    """Settings without what nothing reads any more, unless it was given."""
    while True:
        groups, mistakes = typed(settings, own_groups())
        if mistakes or any(True for _ in unroutable(_routes(row))):
            return settings
        left = [at for at, _, _ in misfits(_routes(row), groups, settings)]
        left = [(group, key) for group, key in left if key not in given.get(group, {})]
        left = [(group, key) for group, key in left if key in settings.get(group, {})]
        if not left:
            return settings
        for group, key in left:
            table = {one: value for one, value in settings[group].items() if one != key}
            settings = {**settings, group: table}
        settings = {group: table for group, table in settings.items() if table}


def _wrong_texts(row: Mapping[str, Any]) -> Iterator[Mistake]:
    if not isinstance(row["summary"], str):
        yield ("summary",), row["summary"], "a text"
    for key in _TEXTS:
        texts = row[key]
        if not isinstance(texts, tuple) or not all(isinstance(one, str) for one in texts):
            yield (key,), texts, "a list of texts"
        elif key == "claims" and (odd := [claim for claim in texts if claim not in CLAIMS]):
            yield (key,), odd[0], ", ".join(CLAIMS)


def _on_disk(receive: str, groups: Mapping[str, Any]) -> bool:
    return receive == "mqtt" and bool(groups["mqtt"].broker.on_disk)


def _problems(mistakes: Iterable[Mistake], names: Mapping[Path, str]) -> list[Problem]:
    """In words, each at the key under which it was written."""
    return [_worded(at, value, allowed, names) for at, value, allowed in mistakes]


def _worded(at: Path, value: object, allowed: str, names: Mapping[Path, str]) -> Problem:
    key = names.get(at) or ".".join(at)
    if "; allowed: " in allowed:
        return key, f"{key}: {allowed}"
    return key, f"{key} = {value!r}; allowed: {allowed}"


def _unknown(key: str, keys: Sequence[str]) -> Problem:
    shown = [one for one in keys if one not in FLAT]
    return key, f"unknown field {key!r}; allowed: {', '.join(shown)}{near(key, keys)}"


def _frozen(value: object) -> object:
    """A list of texts from a file becomes a tuple."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _said(key: str, value: object) -> str:
    """A change in words: `heartbeat.interval_s = 15`, `backoff = fixed, wait_s = 5`."""
    if isinstance(value, Mapping) and not {"preset", "kind"} & set(value):
        return ", ".join(_said(f"{key}.{inner}", one) for inner, one in value.items())
    return f"{key} = {words(value)}"
