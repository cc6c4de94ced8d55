"""Every design in a small chat, under one kind of fault at a time; each run is made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
from small import scenario

from models import Design
from sim.experiment.run import run_replication
from sim.history import CAUSES, Column, History
from sim.metrics.conservation import conservation
from sim.metrics.judged import LOST, Judged
from sim.registry import designs
from sim.scenario.scenario import Scenario

DESIGNS: Final[dict[str, Any]] = designs()
"""Ours, and those of packages that are installed besides."""
ONE_WAY_S: Final = 0.035  # of the profile 4g, either way
_NETWORK: Final = {"share": 1.0, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.02}}
_USUAL: Final[dict[str, Any]] = {
    "time": {"warmup_s": 10.0, "measure_s": 70.0, "drain_s": 300.0},
    "people": {"count": 24, "owed": "members"},
    "conversations": {"per_person": 3.0, "sizes": {"kind": "fixed", "size": 8}},
    "actions": {"send": {"per_person_per_minute": 4.0}, "list": {"per_person_per_minute": 0.5}},
    "servers": {"gateways": 3, "api_nodes": 2},
    "networks": [_NETWORK],
    "transport": {"lane": "fast"},
    "store": {},
    "authenticator": {},
}
_TUNNEL: Final = {"kind": "shared-outage", "share": 0.5, "start_s": 30.0, "end_s": 65.0}
_RESETS: Final = {"kind": "mass-disconnect", "share": 0.7, "at_s": 45.0}
_TRIPS: Final = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 30.0},
    "down": {"kind": "lognormal", "median_s": 5.0, "sigma": 0.8},
}


def _each(node_fault: Mapping[str, Any]) -> dict[str, Any]:
    """The same fault first at a gateway, then at an API node."""
    return {"faults": [{**node_fault, "node": 0, "at_s": 35.0}, {**node_fault, "node": 3}]}


def _behind(fault: Mapping[str, Any]) -> dict[str, Any]:
    """The same fault of everything behind the nodes in turn; nobody waits long for the store."""
    backends = (("store", 35.0), ("backplane", 48.0), ("authenticator", 60.0))
    return {
        "faults": [{**fault, "backend": backend, "at_s": at_s} for backend, at_s in backends],
        "store": {"timeout_s": 2.0},
        "authenticator": {"check_s": 0.01},
    }


def _crashes(*at_s: float) -> list[dict[str, Any]]:
    """Gateways 0, 1, 2, 0 and so on, at these times."""
    crash = {"kind": "node-crash", "restart_s": 5.0}
    return [{**crash, "node": node % 3, "at_s": one_s} for node, one_s in enumerate(at_s)]


FAULTS: Final[dict[str, dict[str, Any]]] = {
    "no-fault": {},
    "link-outage": {
        "faults": [{"kind": "link-outage", "person": 0, "start_s": 30.0, "end_s": 65.0}]
    },
    "reset": {"faults": [{"kind": "reset", "person": 0, "at_s": 45.0}]},
    "app-closed": {"faults": [{"kind": "app-closed", "person": 0, "start_s": 30.0, "end_s": 65.0}]},
    "device-asleep": {
        "faults": [{"kind": "device-asleep", "person": 0, "start_s": 30.0, "end_s": 65.0}]
    },
    "tab-hidden": {"faults": [{"kind": "tab-hidden", "person": 0, "start_s": 30.0, "end_s": 65.0}]},
    "flood": {
        "faults": [{"kind": "flood", "person": 0, "start_s": 30.0, "end_s": 65.0, "per_s": 2.0}]
    },
    "shared-outage": {"faults": [_TUNNEL]},
    "mass-disconnect": {"faults": [_RESETS]},
    "node-crash": _each({"kind": "node-crash", "at_s": 60.0, "restart_s": 5.0}),
    "host-loss": _each({"kind": "host-loss", "at_s": 60.0, "back_s": 20.0}),
    "rolling-deploy": {
        "faults": [{"kind": "rolling-deploy", "at_s": 30.0, "drain_s": 5.0, "restart_s": 4.0}]
    },
    "node-pause": _each({"kind": "node-pause", "at_s": 60.0, "for_s": 15.0}),
    "backplane-outage": {"faults": [{"kind": "backplane-outage", "start_s": 40.0, "end_s": 55.0}]},
    "broker-netsplit": {"faults": [{"kind": "broker-netsplit", "start_s": 40.0, "end_s": 55.0}]},
    "silent-subscriber": {
        "faults": [{"kind": "silent-subscriber", "start_s": 40.0, "end_s": 55.0}]
    },
    "backend-pause": _behind({"kind": "backend-pause", "for_s": 8.0}),
    "backend-crash": _behind({"kind": "backend-crash", "restart_s": 8.0}),
    "backend-slow": _behind({"kind": "backend-slow", "for_s": 8.0, "factor": 600.0}),
    "add-nodes": {"faults": [{"kind": "add-nodes", "at_s": 40.0, "count": 2}]},
    "remove-nodes": {
        "faults": [{"kind": "remove-nodes", "at_s": 40.0, "count": 2, "drain_s": 5.0}]
    },
    "changes-address": {"networks": [_NETWORK | {"outages": _TRIPS, "changes_address": True}]},
    "come-and-go": {
        "people": {"sessions": {"kind": "on-off", "on_mean_s": 30.0, "off_mean_s": 20.0}}
    },
    # much talk over bad links, everybody cut off in the middle, and one gateway dies after another
    "all-at-once": {
        "time": {"measure_s": 50.0},
        "actions": {"send": {"per_person_per_minute": 40.0}},
        "networks": [_NETWORK | {"loss": {"kind": "bernoulli", "ratio": 0.2, "from_s": 10.0}}],
        "faults": [{**_RESETS, "at_s": 30.0}, *_crashes(18.0, 26.0, 34.0, 42.0, 50.0)],
    },
    # the fast lane's worst hours again, with every packet of its own
    "packet-by-packet": {
        "transport": {"lane": "exact"},
        "faults": [_TUNNEL, _RESETS, *_crashes(60.0, 60.0, 60.0)],
    },
}


def under(fault: str) -> Scenario:
    """The scenario with this fault: 24 people for 80 s, half a minute of them before it."""
    return scenario(**_merged(_USUAL, FAULTS[fault]))


def _merged(usual: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    nested = {
        key: usual[key] | value for key, value in changes.items() if isinstance(value, Mapping)
    }
    return {**usual, **changes, **nested}


@dataclass(frozen=True, eq=False)
class Run:
    """What became of one design under one fault."""

    design: Design
    fault: str
    history: History

    @cached_property
    def judged(self) -> Judged:
        return Judged(self.history)

    @cached_property
    def books(self) -> dict[str, Any]:
        return conservation(self.judged)

    @property
    def messages(self) -> Mapping[str, Column]:
        return self.history.tables["messages"]

    @property
    def deliveries(self) -> Mapping[str, Column]:
        return self.history.tables["deliveries"]

    def lost(self, among: Column | None = None) -> dict[str, int]:
        """Lost receptions by cause, of all that are owed or of those marked in `among`."""
        judged = self.judged
        chosen = judged.fate == LOST
        if among is not None:
            chosen &= among
        names, counts = np.unique(judged.cause[chosen], return_counts=True)
        return {CAUSES[name]: int(count) for name, count in zip(names, counts, strict=True)}


@cache
def run(design: str, fault: str) -> Run:
    """This design under this fault, in replication 0."""
    found = DESIGNS[design]
    return Run(found, fault, run_replication(under(fault), found, 0))
