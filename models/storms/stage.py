"""What a storm is played with, read off the objects that the exact engine would use.

The design is built once in a small world of the same scenario: its handshake, back-off and
patience, its nodes' queues and whom they ask are then there to be read, so that there is one
definition of each. Everybody has the network that most people of the scenario have. Left out:
packet loss, jitter, outages, proxies and NATs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.channels import channels
from models.connections.endpoint import Endpoint
from models.protocols.backoff import RULES, Formula
from sim.core.queues import Queues
from sim.transport.tcp import RTO_MIN_S, syn_delays_s, synack_delays_s, ticks
from sim.transport.wire import header_bytes, mss_bytes
from sim.world import World, build_world

if TYPE_CHECKING:
    from models.channels.replay import CatchUp
    from models.design import Design
    from models.protocols.heartbeat import Heartbeat, SideSpec
    from sim.network.path import Way
    from sim.remote import RemoteCall
    from sim.scenario.scenario import Scenario

_PEOPLE: Final = 40  # enough for any conversations


class NoStormError(ValueError):
    """This design or scenario cannot be played as a storm; the text says why."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Numbers of one design in one scenario; times in seconds, costs in CPU seconds.

    steps: seconds up, CPU seconds, seconds down of each request of the handshake. calls: of each
    call of another process its row, CPU seconds, delay. node_rows: where nodes are in `queues`.
    """

    world: World
    endpoint: Endpoint
    catch_up: CatchUp
    rule: Formula
    steps: Any
    calls: Any
    queues: Queues
    node_rows: list[int]
    up_s: float
    down_s: float

    @property
    def connect_timeout_s(self) -> float:
        """How long a dial may take."""
        return self.endpoint.options.connection.connect_timeout_s

    @property
    def most_tries(self) -> float:
        """Dials in a row before a client gives up for good."""
        return self.endpoint.options.backoff.tries

    @property
    def accept_s(self) -> float:
        """CPU seconds of taking a connection from the accept queue."""
        return self.endpoint.setup.accept_s

    @property
    def syn_ticks(self) -> Any:
        """Kernel ticks from each SYN to the next."""
        delays_s = syn_delays_s(self.endpoint.setup.kernel)
        return np.array([ticks(one) for one in delays_s], np.int64)

    @property
    def syn_ack_ticks(self) -> Any:
        """The same of SYN-ACKs."""
        return np.array([ticks(one) for one in synack_delays_s()], np.int64)

    @property
    def ping_s(self) -> float:
        """CPU seconds of a ping: read and answered, or written and its pong read (`ServerEnd`)."""
        return 2.0 * self.endpoint.costs.message_out_s

    @property
    def ping_intervals_s(self) -> list[float]:
        """How often an idle connection is pinged, by end that does."""
        ends = self.endpoint.heartbeat
        pings = [side.ping for side in (ends.client, ends.server) if side is not None]
        return [ping.interval_s for ping in pings if ping is not None]

    @property
    def idle_s(self) -> float:
        """CPU seconds a second of one idle connection."""
        return self.slowness * sum(self.ping_s / one for one in self.ping_intervals_s)

    @property
    def slowness(self) -> float:
        """How many times as long as was measured all work of a node takes."""
        return self.world.scenario.servers.slowness

    @property
    def notice_s(self) -> tuple[float, float]:
        """How long a client takes to notice silence: at least, and up to so much more."""
        return noticed_after_s(self.endpoint.heartbeat)

    @property
    def client_pings(self) -> bool:
        """Whether clients write something on a connection that is idle."""
        client = self.endpoint.heartbeat.client
        return client is not None and client.ping is not None

    @property
    def repeats_s(self) -> float:
        """Until a client's kernel repeats what nobody acknowledged: its RTO on a steady path."""
        return self.up_s + self.down_s + RTO_MIN_S

    @property
    def capacity_per_s(self) -> float:
        """Handshakes that one node can do in a second."""
        cost_s = self.slowness * (self.accept_s + float(self.steps[:, 1].sum()))
        cores = self.world.gateways[0].cores
        return cores / cost_s if cost_s else math.inf


def noticed_after_s(ends: Heartbeat) -> tuple[float, float]:
    """Least seconds until a client knows of a silent peer, and the spread of phases beyond that.

    Pings begin when a connection opens, so at any later moment all phases are equally likely.
    """
    client, server = ends.client, ends.server
    if client is not None and client.ping is not None:
        return client.ping.timeout_s, client.ping.interval_s
    if client is not None and client.watch is not None:
        every_s = _interval_s(server)
        return client.watch.limit_s - every_s, every_s
    return math.inf, 0.0


def _interval_s(side: SideSpec | None) -> float:
    return side.ping.interval_s if side is not None and side.ping is not None else 0.0


def staged(design: Design, scenario: Scenario, nodes: int, horizon_s: int) -> Stage:
    """Everything that a storm of this design needs to know. Raises NoStormError."""
    if nodes > design.gateways_max:
        why = f"servers do not cluster; allowed: {design.gateways_max:g} of them"
        raise NoStormError(f"'{design.name}' on {nodes} nodes: its {why}")
    world = build_world(_small(scenario, nodes, horizon_s), 0)
    channel: Any = design.build(world).channels[design.receive]
    endpoint = channel.endpoint
    rule = endpoint.options.backoff.policy
    redials = "backoff" in channels()[design.receive].reads and endpoint.greets
    if not redials or endpoint.session != endpoint.dial:
        allowed = "allowed: designs that receive by websocket, mqtt or socketio"
        why = f"receives by {design.receive}, of which no storm can be played"
        raise NoStormError(f"'{design.name}' {why}; {allowed}")
    if not isinstance(rule, Formula):
        raise NoStormError(
            f"'{design.name}' waits by a rule of its own; allowed: {', '.join(RULES)}"
        )
    path = world.paths[0]
    if path.up.delay.mean_s + path.down.delay.mean_s <= 0.0:
        raise NoStormError("the network of most people has no delay; allowed: more than 0 s")
    arrays: Any = world.engine.processes.shared.arrays
    setup = endpoint.setup
    steps = [
        (_travel_s(path.up, one.up_bytes + setup.record_bytes), one.cost_s,
         _travel_s(path.down, one.down_bytes + setup.record_bytes))
        for one in setup.exchanges
    ]  # fmt: skip
    return Stage(
        world,
        endpoint,
        channel.catch_up,
        rule,
        np.array(steps),
        np.array([_row(one) for one in setup.calls], np.float64).reshape(-1, 3),
        Queues(*(one.copy() for one in arrays)),
        [node.row for node in world.gateways],
        path.up.delay.mean_s,
        path.down.delay.mean_s,
    )


def _row(call: RemoteCall) -> tuple[float, float, float]:
    return float(call.process.row), call.cost_s, call.delay_s


def _travel_s(way: Way, size_bytes: int) -> float:
    """Seconds from the first byte written to the last one read."""
    if way.rate is None:
        return way.delay.mean_s
    packets = math.ceil(size_bytes / mss_bytes())
    return way.delay.mean_s + way.rate.leave_s(0.0, size_bytes + packets * header_bytes())


def _small(scenario: Scenario, nodes: int, horizon_s: int) -> Scenario:
    """The same servers and the network of most people, with next to nobody in it."""
    network = max(scenario.networks, key=lambda one: one.share)
    known = type(network).model_fields
    calm = {name: known[name].get_default() for name in ("loss", "outages", "nat")}
    return scenario.model_copy(
        update={
            "conversations": type(scenario.conversations)(),
            "people": scenario.people.model_copy(update={"count": _PEOPLE}),
            "servers": scenario.servers.model_copy(update={"gateways": nodes, "api_nodes": 0}),
            "networks": (network.model_copy(update={"share": 1.0, **calm}),),
            "time": scenario.time.model_copy(
                update={"warmup_s": 0.0, "measure_s": float(horizon_s), "drain_s": 0.0}
            ),
            "path": (),
            "faults": (),
            "trace": type(scenario.trace)(),
            "script": type(scenario.script)(),
        }
    )
