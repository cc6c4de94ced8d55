"""Faults as a scenario file writes them: `[[faults]]`, one table per fault, told apart by `kind`.

Times are seconds since the start of the run, warm-up included. Every fault must have healed when
measuring ends, so that what the drain still finds missing is the design's doing. Checks that need
the rest of the scenario (how many people, how many nodes, when measuring ends) are in `problems`.
Leaves out how a fault acts on the world.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, le=1)]
Time = Annotated[float, Field(ge=0, le=604_800)]
Span = Annotated[float, Field(gt=0, le=604_800)]
NodeIndex = Annotated[int, Field(ge=0, le=9_999)]
NodeCount = Annotated[int, Field(ge=1, le=1_000)]

_NODE = "node that is hit: gateways are counted from 0, API nodes follow"
_SHARE = "share of people hit, drawn once per fault"


class _Fault(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class LinkOutage(_Fault):
    """One person's link is dead for a while, in silence."""

    kind: Literal["link-outage"]
    person: int = Field(ge=0, le=9_999_999, description="person whose link is down, from 0")
    start_s: Time = Field(description="when the link dies, in seconds from the start of the run")
    end_s: Time = Field(description="when the link works again, in seconds")
    changes_address: bool = Field(
        False, description="the device comes back with a new IP address: old connections are dead"
    )


class Reset(_Fault):
    """One person's connections are reset, as by a middlebox; link and nodes stay up."""

    kind: Literal["reset"]
    person: int = Field(ge=0, le=9_999_999, description="person who is hit, from 0")
    at_s: Time = Field(description="when the connections are reset, in seconds")


class SharedOutage(_Fault):
    """A tunnel or a region: many links are dead at the same time, in silence."""

    kind: Literal["shared-outage"]
    share: Share = Field(description=_SHARE)
    start_s: Time = Field(description="when the links die, in seconds from the start of the run")
    end_s: Time = Field(description="when the links work again, in seconds")


class MassDisconnect(_Fault):
    """Connections of many people are reset at once; links and nodes stay up."""

    kind: Literal["mass-disconnect"]
    share: Share = Field(description=_SHARE)
    at_s: Time = Field(description="when connections are reset, in seconds")


class NodeCrash(_Fault):
    """A server process dies: its host answers with resets until the process is back."""

    kind: Literal["node-crash"]
    node: NodeIndex = Field(description=_NODE)
    at_s: Time = Field(description="when the process dies, in seconds")
    restart_s: Span = Field(description="seconds until the process accepts again, at least")
    restart_spread_s: float = Field(
        0.0, ge=0, le=86_400, description="seconds by which it may take longer, drawn each time"
    )


class HostLoss(_Fault):
    """A whole host is gone: its peers get silence until it is back."""

    kind: Literal["host-loss"]
    node: NodeIndex = Field(description=_NODE)
    at_s: Time = Field(description="when the host vanishes, in seconds")
    back_s: Span = Field(description="seconds until the host is back")


class RollingDeploy(_Fault):
    """Every gateway in turn: no new connections, close the old ones, restart."""

    kind: Literal["rolling-deploy"]
    at_s: Time = Field(description="when the first gateway starts to drain, in seconds")
    drain_s: float = Field(ge=0, le=86_400, description="seconds a gateway takes to let go")
    restart_s: Span = Field(description="seconds a gateway is down between old and new version")


class NodePause(_Fault):
    """A process stands still (garbage collection, live migration): nothing is lost by itself."""

    kind: Literal["node-pause"]
    node: NodeIndex = Field(description=_NODE)
    at_s: Time = Field(description="when the process stops, in seconds")
    for_s: Span = Field(description="seconds it stands still")


class BackplaneOutage(_Fault):
    """Nodes cannot reach each other; what is published meanwhile is gone."""

    kind: Literal["backplane-outage"]
    start_s: Time = Field(description="when publishing stops to work, in seconds")
    end_s: Time = Field(description="when publishing works again, in seconds")


class AddNodes(_Fault):
    """More gateways join under load."""

    kind: Literal["add-nodes"]
    at_s: Time = Field(description="when the new gateways accept, in seconds")
    count: NodeCount = Field(description="gateways added")


class RemoveNodes(_Fault):
    """The youngest gateways drain and leave for good."""

    kind: Literal["remove-nodes"]
    at_s: Time = Field(description="when the gateways start to drain, in seconds")
    count: NodeCount = Field(description="gateways removed")
    drain_s: float = Field(ge=0, le=86_400, description="seconds a gateway takes to let go")


Fault = Annotated[
    LinkOutage
    | Reset
    | SharedOutage
    | MassDisconnect
    | NodeCrash
    | HostLoss
    | RollingDeploy
    | NodePause
    | BackplaneOutage
    | AddNodes
    | RemoveNodes,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a fault may refer to. `people` is None when a trace says who there is."""

    people: int | None
    gateways: int
    api_nodes: int
    measured_until_s: float


def problems(fault: Fault, around: Surroundings) -> list[tuple[str, str]]:
    """What is wrong with `fault` in these surroundings, as (key, message) pairs."""
    return [*_target_problems(fault, around), *_time_problems(fault, around)]


def begins_s(fault: Fault) -> float:
    """When `fault` begins."""
    return float(getattr(fault, "at_s", getattr(fault, "start_s", 0.0)))


def healed_s(fault: Fault, gateways: int) -> tuple[str, float]:
    """The key that decides when `fault` is over, and that time in seconds."""
    if isinstance(fault, LinkOutage | SharedOutage | BackplaneOutage):
        return "end_s", fault.end_s
    key, for_s = "at_s", 0.0
    match fault:
        case NodeCrash():
            key, for_s = "restart_s", fault.restart_s + fault.restart_spread_s
        case HostLoss(back_s=for_s):
            key = "back_s"
        case NodePause(for_s=for_s):
            key = "for_s"
        case RollingDeploy():
            key, for_s = "restart_s", gateways * (fault.drain_s + fault.restart_s)
        case RemoveNodes(drain_s=for_s):
            key = "drain_s"
    return key, fault.at_s + for_s


def _target_problems(fault: Fault, around: Surroundings) -> list[tuple[str, str]]:
    nodes = around.gateways + around.api_nodes
    match fault:
        case NodeCrash() | HostLoss() | NodePause() if fault.node >= nodes:
            return [("node", f"there is no node {fault.node}; allowed: 0 to {nodes - 1}")]
        case LinkOutage() | Reset() if fault.person >= (around.people or math.inf):
            last = (around.people or 1) - 1
            return [("person", f"there is no person {fault.person}; allowed: 0 to {last}")]
        case RemoveNodes() if fault.count >= around.gateways:
            last = around.gateways - 1
            return [("count", f"{fault.count} leaves no gateway; allowed: at most {last}")]
        case _:
            return []


def _time_problems(fault: Fault, around: Surroundings) -> list[tuple[str, str]]:
    found = []
    if isinstance(fault, LinkOutage | SharedOutage | BackplaneOutage) and (
        fault.end_s <= fault.start_s
    ):
        found.append(("end_s", f"{fault.end_s:g} is not after start_s = {fault.start_s:g}"))
    key, over_s = healed_s(fault, around.gateways)
    if over_s > around.measured_until_s:
        end = f"warmup_s + measure_s = {around.measured_until_s:g} s"
        found.append((key, f"the fault is over at {over_s:g} s, after measuring ends ({end})"))
    return found
