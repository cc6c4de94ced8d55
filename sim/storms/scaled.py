"""The same storm with fewer clients, for a search that plays many.

Fewer nodes with as many clients each, where nodes share nothing (`smaller`); or at each node a
k-th of the clients, whose work takes k times as long, and a k-th of its accept queue, its limit
and its rate (`slowed`). What arrives is then a k-th and lasts k times as long, so queues last as
long as they did, waits and patience are as they were, and so is the time that a crowd takes: within
5 %, within 10 % where much work is in vain. The last few wait for one repetition of their SYN more
or less.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.storms.question import Fault

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario
    from sim.storms.question import Storm

FEW: Final = 50_000
"""Clients that a search plays with, where fewer are as good."""
LEAST_PLACES: Final = 20
"""Of an accept queue: one more or less is 5 %."""
LEAST_A_NODE: Final = 250
"""Clients of a node: their luck still evens out."""
_LONGEST: Final = 0.05  # share of a client's patience that one check of its password may take


def smaller(storm: Storm, most: int) -> Storm:
    """Every so manieth node, with as many clients each: at most `most` clients, if that goes."""
    lost = list(dict.fromkeys(one.node for one in sorted(storm.faults)))
    kept = [one for one in range(storm.nodes) if one not in lost]
    part = math.gcd(len(lost), len(kept)) if kept else len(lost)
    parts = [one for one in range(1, part + 1) if part % one == 0]
    times = next((one for one in parts if storm.clients / one <= most), parts[-1])
    chosen = [*lost[::times], *kept[::times]]
    place = {node: number for number, node in enumerate(chosen)}
    faults = tuple(
        Fault(one.at_s, one.what, place[one.node]) for one in storm.faults if one.node in place
    )
    return replace(storm, clients=storm.clients // times, nodes=len(chosen), faults=faults)


def times_slower(storm: Storm, scenario: Scenario, patience_s: float) -> int:
    """How many times as slow nodes may be so that a storm of `FEW` clients is the same storm."""
    checks = scenario.authenticator
    most = [
        storm.clients / FEW,
        storm.clients / storm.nodes / LEAST_A_NODE,
        scenario.servers.accept_backlog / LEAST_PLACES,
    ]
    if checks.check_s:
        most.append(_LONGEST * patience_s / checks.check_s * checks.cores)
    return max(int(min(most)), 1)


def slowed(storm: Storm, scenario: Scenario, times: int) -> tuple[Storm, Scenario]:
    """So many times fewer clients at servers that are so many times as slow."""
    servers, store, checks = scenario.servers, scenario.store, scenario.authenticator
    rate, reads, cores = servers.admissions_per_s, store.reads_per_s, max(checks.cores // times, 1)
    changed = {
        "servers": servers.model_copy(
            update={
                "slowness": servers.slowness * times,
                "admissions_per_s": None if rate is None else rate / times,
                "accept_backlog": max(round(servers.accept_backlog / times), 1),
                "connections_limit": math.ceil(servers.connections_limit / times),
            }
        ),
        "store": store.model_copy(update={"reads_per_s": None if reads is None else reads / times}),
        "authenticator": checks.model_copy(  # fewer cores first: a check takes as long as it did
            update={"cores": cores, "check_s": checks.check_s * times * cores / checks.cores}
        ),
    }
    return replace(storm, clients=storm.clients // times), scenario.model_copy(update=changed)
