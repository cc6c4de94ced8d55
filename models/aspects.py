"""What two designs differ in, aspect by aspect, and the designs between them.

A coalition is a set of aspects that are taken from `b`; the others stay as `a` has them. The design
of a coalition is defined for every set, so that a value function on them is total:

* An option that channels of both designs read moves with its aspect. One that only a side's own
  channels read (quality of service beside a WebSocket, a heartbeat beside a long poll) has nothing
  to change on the other side: it is part of the channel and moves with it.
* Whether what was not confirmed is sent again is one question to an HTTP request (`http.retry`) and
  to a WebSocket (`websocket.acks`), so a coalition has the answer of the design that its retry is
  taken from, put to the channel that it sends by.
* An option that nothing in the coalition reads, as a key without a store, falls back to its default
  as in `Design.variant`. So v(S) is the value of the largest part of S that has an effect, as in a
  game with a permission structure (Gilles, Owen and van den Brink 1992): what works only together
  shares what it does together.
* An aspect that some coalition's channel refuses, as a session on a WebSocket, goes with the
  channel. With the channel alone nothing is left to refuse, since both ends are designs.

The empty set is `a` itself and the full set is `b`. Leaves out the game (`sim.experiment`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Final

from models.design import Design, DesignError
from models.fit import is_read, misfits, own_groups
from models.options import GROUPS, Group, Routes
from models.settings import WHOLE, Table, typed, words

CHANNEL: Final = "channel"
RETRY: Final = "retry"
ASPECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "heartbeat": ("heartbeat",),
    "back-off": ("backoff",),
    "client": ("client",),
    "send buffer": ("connection.send_buffer",),
    "message limit": ("connection.message_limit",),
    "dial": ("connection", "tcp"),
    RETRY: (
        "http.retry",
        "http.retry_wait_s",
        "http.retry_after",
        "http.request_timeout_s",
        "websocket.acks",
        "socketio.retries",
        "socketio.ack_timeout_s",
        "mqtt.qos",
    ),
    "key": ("store.idempotent", "store.keys", "websocket.dedup"),
    "store": ("store.stored",),
    "recovery": ("recovery", "store.history", "mqtt.clean_session"),
    "http": ("http",),
    CHANNEL: ("http.costs",),
}
"""Aspect -> the groups of options, or single ones, that belong to it; all others are the channel's.

A single option goes before its group.
"""

_RESENDS: Final = {"http": ("http", "retry"), "websocket": ("websocket", "acks")}
_OWNERS: Final = {path: aspect for aspect, paths in ASPECTS.items() for path in paths}
Groups = Mapping[str, Group]


def owner(path: str) -> str:
    """The aspect that an option (`group`, `group.key`) belongs to.

    >>> owner("http.retry"), owner("http.pool"), owner("long_poll.hold_s")
    ('retry', 'http', 'channel')
    """
    return _OWNERS.get(path) or _OWNERS.get(path.partition(".")[0], CHANNEL)


@dataclass(frozen=True)
class Between:
    """The designs between `a` and `b`. Raises ValueError when nothing differs.

    >>> from models import DESIGNS
    >>> between = Between(DESIGNS["hybrid"], DESIGNS["hybrid-cursor"])
    >>> between.aspects
    ('key', 'recovery')
    >>> between.mixed({"recovery"}).options.recovery.kind
    'cursor'
    """

    a: Design
    b: Design
    bound: frozenset[str] = field(init=False)
    """Aspects that differ and go with the channel."""
    aspects: tuple[str, ...] = field(init=False)
    """Aspects that can be taken from either, in the order of `ASPECTS`."""

    def __post_init__(self) -> None:
        if (self.a.routes, self.a.options) == (self.b.routes, self.b.options):
            raise ValueError(f"'{self.a.name}' and '{self.b.name}' have the same options")
        self._settle(frozenset())
        while refused := self._refused():
            self._settle(self.bound | refused)

    def mixed(self, taken: Collection[str]) -> Design:
        """`a` with these aspects of `b`; those without effect are not named.

        Raises ValueError for one that cannot be taken.
        """
        if odd := sorted(set(taken) - set(self.aspects)):
            raise ValueError(f"aspect {odd[0]!r}; allowed: {', '.join(self.aspects)}")
        if set(taken) == set(self.aspects):
            return self.b
        found = self._made(taken)
        for aspect in self.aspects:
            fewer = [one for one in taken if one != aspect]
            other = self._made(fewer)
            if (other.routes, other.options) == (found.routes, found.options):
                taken, found = fewer, other
        return found

    def said(self, aspect: str) -> tuple[str, str]:
        """What the two have of an aspect, in words.

        >>> from models import DESIGNS
        >>> Between(DESIGNS["full-websocket"], DESIGNS["mqtt-qos0"]).said("heartbeat")
        ('websockets', 'paho')
        """
        if aspect == CHANNEL and self.a.routes != self.b.routes:
            return _carriers(self.a), _carriers(self.b)
        if aspect == RETRY and self._is_resent_otherwise:
            return words(_resends(self.a)), words(_resends(self.b))
        paths = [path for path in self._differing if self._mover(path) == aspect]
        one, other = ([_said(side, path) for path in paths] for side in self._sides)
        return ", ".join(one), ", ".join(other)

    @property
    def _sides(self) -> tuple[Design, Design]:
        return self.a, self.b

    def _made(self, taken: Collection[str]) -> Design:
        """The same, with all of them named. Raises DesignError where something is refused."""
        if not taken:
            return self.a
        routes = self._side(CHANNEL, taken).routes
        settings = self._resent(routes, taken, self._settings(taken))
        names = [aspect for aspect in self.aspects if aspect in taken]
        return Design(
            name="+".join([self.a.name, *names]),
            summary=f"{self.a.name} with the {', '.join(names)} of {self.b.name}.",
            **asdict(routes),
            settings=_read(routes, settings),
        )

    def _settle(self, bound: frozenset[str]) -> None:
        """Say which aspects go with the channel, and which therefore are left."""
        object.__setattr__(self, "bound", bound)
        movers = {self._mover(path) for path in self._differing}
        movers |= {CHANNEL} if self.a.routes != self.b.routes else set()
        movers |= {RETRY} if self._is_resent_otherwise and RETRY not in bound else set()
        along = {owner(path) for path in self._differing if self._mover(path) == CHANNEL}
        object.__setattr__(self, "aspects", tuple(one for one in ASPECTS if one in movers))
        object.__setattr__(self, "bound", bound | (along - movers))

    def _refused(self) -> frozenset[str]:
        """Aspects that do not fit somewhere; all of them where it is none of theirs."""
        for size in range(1, len(self.aspects)):
            for taken in combinations(self.aspects, size):
                try:
                    self._made(taken)
                except DesignError as error:
                    found = {owner(key) for key, _ in error.problems} & set(self.aspects)
                    return frozenset(found - {CHANNEL} or set(self.aspects) - {CHANNEL})
        return frozenset()

    @cached_property
    def _differing(self) -> Mapping[str, bool]:
        """Options that the two do not have alike: whether channels of both sides read it, given
        what either says besides."""
        groups = [_groups(side) for side in self._sides]
        routes = [side.routes for side in self._sides]
        return {
            path: all(any(is_read(path, way, one) for one in groups) for way in routes)
            for path in _paths()
            if _value(groups[0], path) != _value(groups[1], path)
        }

    @cached_property
    def _is_resent_otherwise(self) -> bool:
        """Whether they send by other channels that can both resend, and one does."""
        one, other = self._sides
        can = one.send in _RESENDS and other.send in _RESENDS and one.send != other.send
        return can and _resends(one) != _resends(other)

    def _mover(self, path: str) -> str:
        """The aspect with which an option moves."""
        aspect = owner(path)
        alone = aspect not in self.bound and self._differing.get(path, False)
        return aspect if alone else CHANNEL

    def _side(self, aspect: str, taken: Collection[str]) -> Design:
        return self.b if aspect in taken else self.a

    def _settings(self, taken: Collection[str]) -> Table:
        """What is written of each option by the design that it is taken from."""
        made: Table = {}
        for path in _paths():
            group, _, key = path.partition(".")
            side = self._side(self._mover(path), taken).settings
            if not key and group in side:
                made[group] = dict(side[group])
            elif key in side.get(group, {}):
                made.setdefault(group, {})[key] = side[group][key]
        return made

    def _resent(self, routes: Routes, taken: Collection[str], settings: Table) -> Table:
        if not (RETRY in self.aspects and self._is_resent_otherwise):
            return settings
        group, key = _RESENDS[routes.send]
        resends = _resends(self._side(RETRY, taken))
        return {**settings, group: {**settings.get(group, {}), key: resends}}


def _carriers(design: Design) -> str:
    return ", ".join(dict.fromkeys(asdict(design.routes).values()))


def _resends(design: Design) -> bool:
    group, key = _RESENDS[design.send]
    return bool(getattr(_groups(design)[group], key))


def _read(routes: Routes, settings: Table) -> Table:
    """Settings without what nothing reads."""
    while True:
        groups = typed(settings, own_groups())[0]
        unread = [
            at for at, _, _ in misfits(routes, groups, settings)
            if not is_read(".".join(at), routes, groups)
        ]  # fmt: skip
        if not unread:
            return settings
        for group, key in unread:
            kept = {one: value for one, value in settings[group].items() if one != key}
            settings = {**settings, group: kept}


def _kinds() -> dict[str, type[Group]]:
    return {**GROUPS, **own_groups()}


def _groups(design: Design) -> Groups:
    return typed(design.settings, own_groups())[0]


def _paths() -> Iterator[str]:
    """Every option that can be taken by itself."""
    for group, kind in _kinds().items():
        if group in WHOLE:
            yield group
        else:
            yield from (f"{group}.{key}" for key in kind.model_fields)


def _value(groups: Groups, path: str) -> object:
    group, _, key = path.partition(".")
    return getattr(groups[group], key) if key else groups[group]


def _said(design: Design, path: str) -> str:
    """An option as it is written, or its default."""
    group, _, key = path.partition(".")
    table = design.settings.get(group, {})
    if not key:
        return words(table or {"preset": "python" if path == "client" else "websockets"})
    usual = _value(_groups(design), path)
    plain = usual if isinstance(usual, bool | int | float | str) else "default"
    return f"{key} = {words(table.get(key, plain))}"
