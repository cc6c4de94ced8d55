"""A storm from its first second to its last: the state at the start, the loop, what came out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.servers.balancer import UNHEALTHY_AFTER_S
from models.storms import rows
from models.storms.machine_code import loop
from models.storms.stage import Stage, staged
from sim import luck
from sim.core.queues import BUSY_AT
from sim.storms.outcome import Outcome
from sim.storms.question import CRASHES, RETURNS, VANISHES, Storm

if TYPE_CHECKING:
    from models.design import Design
    from sim.scenario.scenario import Scenario

_NEVER: Final = np.iinfo(np.int64).max
_GROUPS_A_LANE: Final = 66  # a level of the timer wheel has 64 slots, and two are cut into
SPREADS: Final = {
    "round-robin": rows.ROUND_ROBIN,
    "least-connections": rows.LEAST_CONNECTIONS,
    "sticky": rows.STICKY,
    "dns": rows.DNS,
}
_WHAT: Final = {CRASHES: rows.CRASHES, VANISHES: rows.VANISHES, RETURNS: rows.RETURNS}


def play(
    storm: Storm,
    design: Design,
    scenario: Scenario,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Play it. `progress` hears how many of how many seconds are done. Raises NoStormError."""
    stage = staged(design, scenario, storm.nodes, storm.horizon_s)
    state = begun(storm, stage)
    second_passes = loop(state)
    calm_from_s = max((fault.at_s for fault in storm.faults), default=0.0) + 1.0
    played_s = storm.horizon_s
    for second in range(storm.horizon_s):
        second_passes(second)
        progress(second + 1, storm.horizon_s)
        if second >= calm_from_s and _is_over(storm, state):
            played_s = second + 1
            break
    return _outcome(storm, stage, state, played_s)


def _is_over(storm: Storm, state: rows.State) -> bool:
    """Whether as many as is enough are back, of those cut; nobody is cut any more."""
    away = storm.clients - int(state.whole[rows.BACK])
    if storm.enough == 1.0 or away == 0:
        return away == 0
    cut = int((state.clients["back_s"] >= 0.0).sum())
    return cut - away >= math.ceil(storm.enough * cut)


def begun(storm: Storm, stage: Stage) -> rows.State:
    """Everybody connected, nothing broken yet."""
    nodes = np.zeros((storm.nodes, rows.NODE_COLUMNS), np.int64)
    nodes[:, rows.ROW] = stage.node_rows
    nodes[:, rows.LISTENS] = nodes[:, rows.IS_LISTED] = 1
    clients = _clients(storm)
    nodes[:, rows.CONNECTIONS] = np.bincount(clients["node"], minlength=storm.nodes)
    lanes = len(stage.syn_ticks) + len(stage.syn_ack_ticks)
    groups = np.zeros(storm.nodes * lanes * _GROUPS_A_LANE, rows.GROUP)
    groups["head"] = groups["tail"] = rows.NOBODY
    groups["next"] = np.arange(1, len(groups) + 1)
    servers = stage.world.scenario.servers
    backlog = min(servers.accept_backlog, max(storm.clients, 1))
    read = stage.catch_up.read or stage.world.read
    pings = _pings(stage, storm.nodes)
    return rows.State(
        clients=clients,
        groups=groups,
        open_groups=np.full((storm.nodes * rows.LANES, 2), rows.NOBODY, np.int64),
        ring=_lists(rows.RING),
        far=_lists(storm.horizon_s),
        group_ring=_lists(rows.RING),
        group_far=_lists(storm.horizon_s),
        nodes=nodes,
        full_s=np.zeros(storm.nodes),
        listed=np.arange(storm.nodes),
        queue=np.zeros(storm.nodes * backlog),
        queues=stage.queues,
        steps=stage.steps,
        calls=stage.calls,
        read=np.array([read.process.row, read.cost_s, read.delay_s]),
        syn_ticks=stage.syn_ticks,
        syn_ack_ticks=stage.syn_ack_ticks,
        rule=np.array(stage.rule.numbers, np.float64),
        faults=_plan(storm),
        real=_real(storm, stage),
        whole=_whole(storm, stage, backlog),
        pings=pings,
        phases=_phases(pings, nodes[:, rows.CONNECTIONS]),
        series=np.zeros((math.ceil(storm.horizon_s / rows.SERIES_S), 3), np.int64),
    )


def _lists(count: int) -> Any:
    return np.full((count, 2), rows.NOBODY, np.int32)


def _pings(stage: Stage, nodes: int) -> Any:
    """For each end that pings: beats of its interval, and where its phases begin."""
    slots = [max(round(one * rows.BEATS_A_SECOND), 1) for one in stage.ping_intervals_s]
    first = np.concatenate([[0], np.cumsum(slots)]) * nodes
    return np.array([*zip(slots, first[:-1], strict=True)], np.int64).reshape(-1, 2)


def _phases(pings: Any, connections: Any) -> Any:
    """Those connected at first ping evenly over the interval."""
    parts = []
    for slots in pings[:, 0]:
        each, more = np.divmod(connections[:, None], slots)
        parts.append((each + (np.arange(slots) < more)).ravel())
    return np.concatenate([*parts, np.zeros(1)]).astype(np.int32)


def _clients(storm: Storm) -> Any:
    clients = np.zeros(storm.clients, rows.CLIENT)
    clients["back_s"] = -1.0  # since before it began
    clients["next"] = rows.NOBODY
    clients["stage"] = rows.OPEN
    clients["node"] = np.arange(storm.clients) % storm.nodes
    return clients


def _plan(storm: Storm) -> Any:
    """Faults, and when whoever spreads dials learns of them, in the order of their buckets."""
    learns_s = storm.ttl_s if storm.spread == "dns" else UNHEALTHY_AFTER_S
    plan = []
    for fault in sorted(storm.faults):
        plan.append((fault.at_s, _WHAT[fault.what], fault.node))
        returns = fault.what == RETURNS
        what = rows.LISTED_AGAIN if returns else rows.UNLISTED
        # a process that is back within that time has never been missed
        missed = not any(
            other.what == RETURNS and other.node == fault.node
            and fault.at_s < other.at_s <= fault.at_s + learns_s
            for other in storm.faults
        )  # fmt: skip
        if returns or missed:
            plan.append((fault.at_s + (0.0 if returns else learns_s), what, fault.node))
    plan.sort(key=lambda one: one[0])
    found = [(math.ceil(at_s * rows.BUCKETS_A_SECOND), what, node) for at_s, what, node in plan]
    return np.array([*found, (_NEVER, 0, 0)], np.int64)


def _real(storm: Storm, stage: Stage) -> Any:
    real = np.zeros(rows.REALS)
    real[rows.UP_S], real[rows.DOWN_S] = stage.up_s, stage.down_s
    real[rows.CONNECT_TIMEOUT_S] = stage.connect_timeout_s
    real[rows.ACCEPT_S] = stage.accept_s
    real[rows.MOST_TRIES] = stage.most_tries
    real[rows.CONNECTIONS_LIMIT] = stage.world.scenario.servers.connections_limit
    real[rows.ADMISSION_S] = stage.world.gateways[0].admission_s
    real[rows.PACE] = stage.slowness
    real[rows.PING_S] = stage.ping_s
    real[rows.NOTICE_S], real[rows.NOTICE_SPREAD_S] = stage.notice_s
    real[rows.PINGS], real[rows.REPEATS_S] = stage.client_pings, stage.repeats_s
    real[rows.ASKED_S], real[rows.TOLD_S] = stage.catch_up.asked_s, stage.catch_up.told_s
    real[rows.HORIZON_S] = storm.horizon_s
    return real


def _whole(storm: Storm, stage: Stage, backlog: int) -> Any:
    whole = np.zeros(rows.WHOLES, np.int64)
    whole[rows.LAST] = -1
    whole[rows.LISTED] = storm.nodes
    whole[rows.BALANCER] = SPREADS[storm.spread]
    whole[rows.BACKLOG] = backlog
    whole[rows.STEPS] = len(stage.steps)
    whole[rows.RULE] = stage.rule.RULE
    whole[rows.READS] = stage.catch_up.read is not None
    whole[rows.BACK] = storm.clients
    whole[rows.RESTED] = min(rows.SECONDS_AHEAD, storm.horizon_s)
    whole[rows.LUCK_LOW], whole[rows.LUCK_HIGH] = luck.key(storm.seed, 0, "backoff")
    whole[rows.ROLL_LOW], whole[rows.ROLL_HIGH] = luck.key(storm.seed, 0, "storm")
    return whole


def _outcome(storm: Storm, stage: Stage, state: rows.State, played_s: int) -> Outcome:
    whole, real = state.whole, state.real
    seconds = int(state.queues.seconds[0])
    busy = [
        state.queues.busy[at : at + seconds][:played_s]
        for at in (int(state.queues.row[row + BUSY_AT]) for row in stage.node_rows)
    ]
    return Outcome(
        storm=storm,
        back_s=state.clients["back_s"].copy(),
        series=state.series[: math.ceil(played_s / rows.SERIES_S)],
        busy_s=np.array(busy),
        connections=state.nodes[:, rows.CONNECTIONS].copy(),
        attempts=int(whole[rows.ATTEMPTS]),
        ended={
            "opened": int(whole[rows.OPENED]),
            "timed_out": int(whole[rows.TIMED_OUT]),
            "turned_away": int(whole[rows.TURNED_AWAY]),
            "broken_off": int(whole[rows.BROKEN_OFF]),
        },
        spent_s=float(real[rows.SPENT_S]),
        wasted_s=float(real[rows.WASTED_S]),
        gave_up=int((state.clients["stage"] == rows.GONE_AWAY).sum()),
        played_s=played_s,
        capacity_per_s=stage.capacity_per_s,
        cores=stage.world.gateways[0].cores,
        connections_limit=stage.world.scenario.servers.connections_limit,
        patience_s=stage.connect_timeout_s,
        idle_s=stage.idle_s,
        connection_bytes=stage.endpoint.costs.connection_bytes,
    )
