"""What happens to a client, step by step, as in the exact engine and with its definitions.

SYN, accept queue, handshake, calls of others, and how each of them fails: what
`sim.transport.handshake.Dial` and `models.protocols.link` do, on rows. The client's own patience is
looked at when something is booked: what would come after it gave up is a failure at that moment,
and the CPU seconds that were spent on it by then are wasted.
"""

from __future__ import annotations

from typing import Any

from models.protocols.waits import draws, wait_s
from models.storms.calendar import joined, put
from models.storms.nodes import begins_to_ping, chosen, in_queue, queued, works
from models.storms.rows import (
    ACCEPT_S,
    ADMISSION_S,
    ASKED_S,
    ASKS,
    ATTEMPTS,
    BACK,
    BACKLOG,
    BROKEN_OFF,
    CALLS,
    CATCHES_UP,
    CONNECT_TIMEOUT_S,
    CONNECTIONS,
    CONNECTIONS_LIMIT,
    DOWN_S,
    GONE_AWAY,
    KNOCKS,
    KNOWN,
    LANES,
    LISTENS,
    LOST,
    LUCK_HIGH,
    LUCK_LOW,
    MOST_TRIES,
    OPEN,
    OPENED,
    OPENS,
    PACE,
    READS,
    ROW,
    RULE,
    SERIES_S,
    SPENT_S,
    STEPS,
    SYN_ACK_LANE,
    TIMED_OUT,
    TOLD_S,
    TURNED_AWAY,
    UP_S,
    WASTED_S,
)
from sim.core.compiled import part
from sim.core.queues import occupy
from sim.luck import uniform, words
from sim.transport.accepting import (
    ACCEPTED,
    FULL,
    IGNORED,
    answer_to_syn,
    full_after_s,
    is_let_in,
)
from sim.transport.tcp import wheel_fire_s

_UNIFORM = -1  # the sequence of `sim.streams.Draws.uniform`


@part
def counted(state: Any, column: int, time_s: float) -> None:
    """One more in the series at that time."""
    tenth = int(time_s / SERIES_S)
    if tenth < len(state.series):
        state.series[tenth, column] += 1


@part
def wait_of(state: Any, one: int) -> float:
    """The client's next wait: its own luck, the same as in the exact engine."""
    client, rule = state.clients[one], state.whole[RULE]
    attempt, draw = int(client["attempt"]), 0.0
    if draws(rule, state.rule, attempt):
        client["draws"] = count = int(client["draws"]) + 1
        low, high = words(int(state.whole[LUCK_LOW]), int(state.whole[LUCK_HIGH]), one)
        draw = uniform(low, high, count, _UNIFORM)
    waited_s = wait_s(rule, state.rule, attempt, float(client["previous_s"]), draw)
    client["previous_s"], client["attempt"] = waited_s, attempt + 1
    return float(waited_s)


@part
def goes_on(state: Any, one: int, time_s: float) -> None:
    """The client knows by then that it is not connected: it waits and dials, or gives up."""
    client = state.clients[one]
    if int(client["attempt"]) >= state.real[MOST_TRIES]:
        client["stage"] = GONE_AWAY
        return
    dialled_s = time_s + wait_of(state, one)
    client["stage"], client["tries"] = KNOCKS, 0
    client["until_s"] = dialled_s + state.real[CONNECT_TIMEOUT_S]
    put(state, one, dialled_s + state.real[UP_S])


@part
def failed(state: Any, one: int, how: int, time_s: float) -> None:
    """A dial that no node knows of any more has come to nothing at `time_s`."""
    state.whole[how] += 1
    goes_on(state, one, time_s)


@part
def dropped(state: Any, one: int, how: int, time_s: float) -> None:
    """The same for a dial that its node knows of; what was worked for it was in vain."""
    client = state.clients[one]
    state.nodes[int(client["node"]), CONNECTIONS] -= 1
    state.real[WASTED_S] += spent_on_s(state, int(client["stage"]), int(client["tries"]))
    failed(state, one, how, time_s)


@part
def spent_on_s(state: Any, stage: int, step: int) -> float:
    """CPU seconds that a node has spent on a handshake that stands there."""
    if stage == KNOWN:
        return 0.0
    spent_s = state.real[ACCEPT_S]
    done = step + 1 if stage == ASKS else state.whole[STEPS]
    for each in range(done):
        spent_s += state.steps[each, 1]
    spent_s *= state.real[PACE]
    for each in range(0 if stage == ASKS else step):
        spent_s += state.calls[each, 1]
    return float(spent_s)


@part
def knocks(state: Any, one: int, now_s: float) -> None:
    """A SYN arrives, the first of its dial: the balancer has chosen, the kernel answers."""
    client = state.clients[one]
    sent_s = now_s - state.real[UP_S]
    node = chosen(state, one, sent_s)
    client["node"] = node
    state.whole[ATTEMPTS] += 1
    counted(state, 0, sent_s)
    answer = answer_at(state, node, now_s)
    if answer == IGNORED:
        repeats_syn(state, one, now_s)
    else:
        answered(state, one, answer, now_s)


@part
def answer_at(state: Any, node: int, now_s: float) -> int:
    """What this node's kernel says to a SYN now."""
    row, waiting = state.nodes[node], in_queue(state, node, now_s)
    answer = answer_to_syn(
        row[LOST] != 0, row[LISTENS] != 0, waiting, state.whole[BACKLOG],
        row[CONNECTIONS], state.real[CONNECTIONS_LIMIT],
    )  # fmt: skip
    if answer == ACCEPTED and not is_let_in(state.full_s[node], now_s, state.real[ADMISSION_S]):
        return FULL
    return answer


@part
def answered(state: Any, one: int, answer: int, now_s: float) -> None:
    """The answer to a SYN travels to the client, and its ACK back."""
    client = state.clients[one]
    at_client_s, until_s = now_s + state.real[DOWN_S], float(client["until_s"])
    if at_client_s >= until_s:
        failed(state, one, TIMED_OUT, until_s)
    elif answer != ACCEPTED:
        failed(state, one, TURNED_AWAY, at_client_s)
    else:
        node = int(client["node"])
        state.nodes[node, CONNECTIONS] += 1
        state.full_s[node] = full_after_s(state.full_s[node], now_s, state.real[ADMISSION_S])
        client["stage"], client["tries"] = KNOWN, 0
        put(state, one, at_client_s + state.real[UP_S])


@part
def repeats_syn(state: Any, one: int, now_s: float) -> None:
    """Nobody answered a SYN: its kernel sends the next one, if the client waits for that."""
    client = state.clients[one]
    tries, until_s = int(client["tries"]), float(client["until_s"])
    due_s = wheel_fire_s(now_s - state.real[UP_S], state.syn_ticks[tries])
    if due_s >= until_s or tries + 1 >= len(state.syn_ticks):
        failed(state, one, TIMED_OUT, min(due_s, until_s))
    else:
        client["tries"] = tries + 1
        lane = int(client["node"]) * LANES + tries + 1
        joined(state, lane, due_s + state.real[UP_S], (one, one, until_s))


@part
def known(state: Any, one: int, now_s: float) -> None:
    """The ACK of the client is here: into the accept queue, or later when that is full."""
    client = state.clients[one]
    node = int(client["node"])
    if in_queue(state, node, now_s) < state.whole[BACKLOG]:
        enters(state, one, now_s, state.steps[0, 0] - state.real[UP_S])
    else:
        repeats_syn_ack(state, one, now_s)


@part
def repeats_syn_ack(state: Any, one: int, now_s: float) -> None:
    """The ACK was dropped: the server's timer asks for it again, as long as the client waits."""
    client = state.clients[one]
    tries, until_s = int(client["tries"]), float(client["until_s"])
    if tries >= len(state.syn_ack_ticks):
        dropped(state, one, BROKEN_OFF, min(now_s + state.real[DOWN_S], until_s))
        return
    due_s = wheel_fire_s(now_s, state.syn_ack_ticks[tries])
    if due_s >= until_s:
        dropped(state, one, TIMED_OUT, until_s)
    else:
        client["tries"] = tries + 1
        lane = int(client["node"]) * LANES + SYN_ACK_LANE + tries + 1
        joined(state, lane, due_s, (one, one, until_s))


@part
def enters(state: Any, one: int, now_s: float, behind_s: float) -> None:
    """Into the accept queue, and behind it the first request, which comes so long after the ACK.

    ACKs of one instant are all taken before the first of their requests is worked on.
    """
    client = state.clients[one]
    node = int(client["node"])
    taken_s = works(state, node, now_s, state.real[ACCEPT_S])
    queued(state, node, taken_s)
    client["stage"], client["tries"] = ASKS, 0
    if behind_s > 0.0:
        put(state, one, now_s + behind_s)
    else:
        asks(state, one, now_s)


@part
def asks(state: Any, one: int, now_s: float) -> None:
    """A request of the handshake is here: it waits for its turn, and the answer travels."""
    client = state.clients[one]
    step, node = int(client["tries"]), int(client["node"])
    done_s = works(state, node, now_s, state.steps[step, 1])
    if step + 1 == state.whole[STEPS]:
        client["stage"], client["tries"] = CALLS, 0
        calls(state, one, done_s)
        return
    at_client_s, until_s = done_s + state.steps[step, 2], float(client["until_s"])
    if at_client_s >= until_s:
        dropped(state, one, TIMED_OUT, until_s)
    else:
        client["tries"] = step + 1
        put(state, one, at_client_s + state.steps[step + 1, 0])


@part
def calls(state: Any, one: int, done_s: float) -> None:
    """From `done_s` on, whoever has to be asked is asked; then the last answer travels.

    Calls of a process with a queue happen when their time has come, others take their time.
    """
    client = state.clients[one]
    call = int(client["tries"])
    while call < len(state.calls) and state.calls[call, 1] == 0.0:
        done_s += state.calls[call, 2]
        call += 1
    client["tries"] = call
    until_s = float(client["until_s"])
    if call < len(state.calls):
        if done_s >= until_s:
            dropped(state, one, TIMED_OUT, until_s)
        else:
            put(state, one, done_s)
        return
    opens_s = done_s + state.steps[state.whole[STEPS] - 1, 2]
    if opens_s >= until_s:
        dropped(state, one, TIMED_OUT, until_s)
    else:
        client["stage"] = OPENS
        put(state, one, opens_s)


@part
def called(state: Any, one: int, now_s: float) -> None:
    """The call of a process with a queue is made."""
    client = state.clients[one]
    call = int(client["tries"])
    client["tries"] = call + 1
    row, cost_s = int(state.calls[call, 0]), state.calls[call, 1]
    state.real[SPENT_S] += cost_s
    done_s = occupy(state.queues, row, now_s, cost_s)
    calls(state, one, done_s + state.calls[call, 2])


@part
def opened(state: Any, one: int, time_s: float) -> None:
    """The client is connected from `time_s` on."""
    client = state.clients[one]
    client["back_s"], client["stage"] = time_s, OPEN
    client["attempt"], client["previous_s"] = 0, 0.0
    state.whole[BACK] += 1
    state.whole[OPENED] += 1
    counted(state, 1, time_s)
    begins_to_ping(state, int(client["node"]))
    if state.real[ASKED_S] > 0.0:
        client["stage"], client["tries"] = CATCHES_UP, 0
        put(state, one, time_s + state.real[UP_S])


@part
def catches_up(state: Any, one: int, now_s: float) -> None:
    """Its question is at the node, then at the store, then its answer is back at the node."""
    client = state.clients[one]
    step, row = int(client["tries"]), int(state.nodes[int(client["node"]), ROW])
    client["tries"] = step + 1
    if step == 1:
        done_s = now_s
        if state.read[1] > 0.0:
            done_s = occupy(state.queues, int(state.read[0]), now_s, state.read[1])
        put(state, one, done_s + state.read[2])
        return
    done_s = occupy(state.queues, row, now_s, state.real[ASKED_S if step == 0 else TOLD_S])
    if step == 0 and state.whole[READS] > 0:
        put(state, one, done_s)
    else:
        client["stage"] = OPEN
