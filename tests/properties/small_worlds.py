"""Small worlds with every kind of trouble in them, each a function of a design and a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from small import scenario

from models import DESIGNS
from models.design import Design, DesignError
from models.protocols.heartbeat import HEARTBEATS
from models.servers.backplane import backplanes
from sim import luck
from sim.scenario.scenario import Scenario

T = TypeVar("T")
SEED: Final = 9
MOST_TRIES: Final = 50


class Picks:
    """Choices of one case: the next is a function of its name and of how many came before."""

    def __init__(self, design: str, number: int) -> None:
        self._key = luck.key(SEED, number, f"small worlds/{design}")
        self._drawn = 0

    def share(self) -> float:
        """A number in (0, 1)."""
        self._drawn += 1
        return luck.uniform(*self._key, self._drawn, 0)

    def between(self, low: float, high: float) -> float:
        """A number between the two."""
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return low + int(self.share() * (high - low + 1))

    def chance(self, ratio: float) -> bool:
        """Whether something of that probability happens."""
        return self.share() < ratio

    def of(self, *choices: T) -> T:
        """One of these."""
        return choices[int(self.share() * len(choices))]

    def moment_s(self, low: float, high: float) -> float:
        """An odd time: at a tie of an arrival and a fault, which comes first is no promise."""
        return int(1000 * self.between(low, high)) / 1000 + 0.000317


def small_world(design: str, number: int) -> tuple[Scenario, Design]:
    """The case of that number: a scenario that is allowed, and the design or a variant of it."""
    picks = Picks(design, number)
    for _ in range(MOST_TRIES):
        try:
            return scenario(**sections(picks, number)), _variant(picks, DESIGNS[design])
        except (ValidationError, DesignError):
            continue
    raise AssertionError(f"no case {number} of {design} is allowed")


def sections(picks: Picks, number: int) -> dict[str, Any]:
    """What the scenario says."""
    people, gateways, apis = picks.whole(4, 12), picks.whole(1, 4), picks.of(0, 1, 2)
    warmup_s, measure_s = picks.of(1.0, 5.0), picks.between(19.0, 55.0)
    shared = picks.chance(0.15)
    return {
        "seed": number,
        "time": {"warmup_s": warmup_s, "measure_s": measure_s, "drain_s": picks.of(0, 3, 15)},
        "people": {
            "count": people,
            "sessions": picks.of(
                {"kind": "always"},
                {"kind": "always"},
                {"kind": "on-off", "on_mean_s": 10, "off_mean_s": 4},
            ),
            "clients": "one process per network" if shared else "own device",
            "owed": picks.of("present", "members"),
        },
        "conversations": {
            "per_person": picks.of(1, 2, 3),
            "direct_share": picks.of(0.0, 0.5),
            "sizes": {"kind": "fixed", "size": picks.whole(3, people)},
        },
        "actions": _actions(picks),
        "networks": _networks(picks),
        "transport": {"lane": picks.of("fast", "fast", "auto", "exact")},
        "tls": {"version": picks.of("none", "1.2", "1.3")},
        "servers": _servers(picks, gateways, apis),
        "backplane": {"delay_s": picks.of(0.0, 0.0005, 0.2)},
        "store": _store(picks),
        "authenticator": {"check_s": picks.of(0.0, 0.0, 0.05)},
        "faults": [
            _fault(picks, people, gateways + apis, warmup_s + measure_s)
            for _ in range(picks.of(0, 1, 1, 2, 3, 4))
        ],
        "membership": _membership(picks) if picks.chance(0.2) else {},
    }


def _membership(picks: Picks) -> dict[str, Any]:
    return {
        "joins_per_minute": picks.of(0, 4),
        "leaves_per_minute": picks.of(0, 2),
        "removals_per_minute": picks.of(0, 4),
        "defiant_share": picks.of(0.0, 0.5),
    }


def _actions(picks: Picks) -> dict[str, Any]:
    sizes = picks.of(
        {"kind": "fixed", "bytes": 64},
        {"kind": "lognormal", "median_bytes": 200, "sigma": 1.5},
    )
    return {
        "send": {"per_person_per_minute": picks.of(3, 10, 40), "size_bytes": sizes},
        "typing": {"per_send": picks.of(0, 1)},
        "seen": {"per_person_per_minute": picks.of(0, 4)},
        "list": {"per_person_per_minute": picks.of(0, 2), "reply_bytes": picks.of(500, 5000)},
    }


def _networks(picks: Picks) -> list[dict[str, Any]]:
    share = picks.of(1.0, 1.0, 0.5)
    made = [_network(picks) | {"share": share}]
    if share < 1.0:
        made.append(_network(picks) | {"share": 1.0 - share})
    return made


def _network(picks: Picks) -> dict[str, Any]:
    network: dict[str, Any] = {
        "profile": picks.of("lan", "fibre", "wifi", "4g", "3g", "geo-satellite"),
        "loss": picks.of(
            {"kind": "none"},
            {"kind": "none"},
            {"kind": "bernoulli", "ratio": 0.02},
            {"kind": "bernoulli", "ratio": 0.3},
            {"kind": "bernoulli", "ratio": 0.1, "correlation": 0.25},
            {"kind": "gilbert-elliott", "mean_good_s": 4, "mean_bad_s": 1, "loss_good": 0.001,
             "loss_bad": 0.8, "shared": picks.chance(0.3)},
            {"kind": "per-direction", "up": {"kind": "bernoulli", "ratio": 0.1}},
        ),
        "outages": picks.of(
            {"kind": "none"},
            {"kind": "none"},
            {"kind": "renewal", "up": {"kind": "exponential", "mean_s": 12},
             "down": {"kind": "exponential", "mean_s": 3}},
        ),
        "changes_address": picks.chance(0.3),
    }  # fmt: skip
    if picks.chance(0.4):
        network["delay"] = picks.of(
            {"kind": "constant", "delay_s": 0.1234},
            {"kind": "lognormal", "median_s": 0.05, "sigma": 1.0},
            {"kind": "gamma", "mean_s": 0.1, "sd_s": 0.05},
        )
    if picks.chance(0.3):
        network["rate"] = picks.of(
            {"kind": "none"}, {"kind": "constant", "up_bps": 5e4, "down_bps": 5e4}
        )
    if picks.chance(0.15):
        network["nat"] = picks.of("nat-rfc5382", "linux-conntrack", "carrier-5min")
    return network


def _servers(picks: Picks, gateways: int, apis: int) -> dict[str, Any]:
    servers: dict[str, Any] = {
        "gateways": gateways,
        "api_nodes": apis,
        "cores": picks.whole(1, 3),
        "balancer": picks.of("round-robin", "least-connections", "sticky"),
    }
    if picks.chance(0.2):
        servers["proxy"] = proxy = picks.of("nginx", "haproxy", "aws-alb", "envoy", "heroku")
        if proxy in ("nginx", "haproxy"):
            servers["proxy_count"] = picks.of(1, 3)
    if picks.chance(0.1):
        servers["queue_limit_s"] = 0.01
    if picks.chance(0.1):
        servers["buffer_limit_bytes"] = 2000
        servers["buffer_full"] = picks.of("disconnect", "drop")
    return servers


def _store(picks: Picks) -> dict[str, Any]:
    store: dict[str, Any] = {
        "write_s": picks.of(0.0, 0.005, 0.3),
        "timeout_s": picks.of(0.2, 1.0, 30.0),
    }
    if picks.chance(0.2):
        store["writes_per_s"] = 20.0
    return store


def _fault(picks: Picks, people: int, nodes: int, until_s: float) -> dict[str, Any]:
    """One fault of any kind, which is over before measuring ends if it is alone at its nodes."""
    at_s, for_s = picks.moment_s(2.0, until_s - 10.0), picks.moment_s(0.2, 8.0)
    node, person = picks.whole(0, nodes - 1), picks.whole(0, people - 1)
    tier = picks.of("gateways", "gateways", "api-nodes")
    backend = picks.of("store", "backplane", "authenticator", "proxy")
    lasts = {"start_s": at_s, "end_s": at_s + for_s}
    deploy = {"drain_s": picks.of(0.0, 1.5), "restart_s": picks.moment_s(0.2, 1.0)}
    return picks.of(
        {"kind": "link-outage", "person": person, "changes_address": picks.chance(0.5), **lasts},
        {"kind": "app-closed", "person": person, **lasts},
        {"kind": "shared-outage", "share": picks.of(0.3, 0.7, 1.0), **lasts},
        {"kind": "backplane-outage", **lasts},
        {"kind": "reset", "person": person, "at_s": at_s},
        {"kind": "mass-disconnect", "share": picks.of(0.5, 1.0), "at_s": at_s},
        {"kind": "node-crash", "node": node, "at_s": at_s, "restart_s": for_s},
        {"kind": "host-loss", "node": node, "at_s": at_s, "back_s": for_s},
        {"kind": "node-pause", "node": node, "at_s": at_s, "for_s": for_s},
        {"kind": "rolling-deploy", "at_s": at_s, **deploy},
        {"kind": "add-nodes", "at_s": at_s, "count": picks.whole(1, 2), "tier": tier},
        {"kind": "remove-nodes", "at_s": at_s, "count": 1, "tier": tier, "drain_s": for_s},
        {"kind": "backend-crash", "backend": backend, "at_s": at_s, "restart_s": for_s},
        {"kind": "backend-pause", "backend": backend, "at_s": at_s, "for_s": for_s},
        {"kind": "backend-slow", "backend": backend, "at_s": at_s, "for_s": for_s, "factor": 30.0},
    )


def _variant(picks: Picks, design: Design) -> Design:
    """The design as it is, or with another heartbeat, another backplane, or things like that."""
    changes: dict[str, Any] = {}
    if picks.chance(0.6):
        changes["heartbeat"] = _heartbeat(picks)
    if picks.chance(0.2):
        changes["stored"] = picks.chance(0.5)
    if picks.chance(0.2):
        changes["backplane"] = picks.of(*backplanes())
    if picks.chance(0.3):  # so that trouble finds a process amid a list of people
        costs = {"preset": "aiohttp", "message_out_s": picks.of(0.0004, 0.003, 0.05)}
        changes[design.receive.replace("-", "_")] = {"costs": costs}
    for given in (changes, {key: changes[key] for key in changes if key == "heartbeat"}, {}):
        if not given:
            return design
        try:
            return design.variant("variant", given)
        except DesignError:
            continue
    return design


def _heartbeat(picks: Picks) -> Any:
    """A preset, or one whose pings come every few seconds."""
    if picks.chance(0.4):
        return picks.of(*HEARTBEATS)
    pings = {"interval_s": picks.of(1.0, 3.0, 7.0), "timeout_s": picks.of(0.3, 2.0, 5.0)}
    preset = picks.of(*(name for name in HEARTBEATS if name != "none"))
    return {"preset": preset, **pings}


def kinds_of(given: Scenario) -> Sequence[str]:
    """What there is of trouble in a case, for a count of what has been tried."""
    found = [fault.kind for fault in given.faults]
    if given.people.clients != "own device":
        found.append("one process")
    if given.servers.box() is not None:
        found.append("proxies" if given.servers.proxy_count == 3 else "proxy")
    if any(network.changes_address for network in given.networks):
        found.append("changes address")
    return found
