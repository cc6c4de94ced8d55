"""A crowd at an accept queue that is too small: how many rounds it takes, by arithmetic.

Clients dial in step, each patient for `PATIENCE_S` and waiting `WAIT_S` before the next try, at a
server that is idle. A queue of `BACKLOG` lets that many in per round, so everybody is in after
clients / BACKLOG rounds, whatever became of the attempts that were given up.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from wires import ledger, path

from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import Node
from sim.transport.handshake import Dial, Exchange, Setup
from sim.transport.stream import Caller

BACKLOG, PATIENCE_S, WAIT_S = 16, 1.0, 1.0
ROUND_S = PATIENCE_S + WAIT_S
SETUP = Setup((Exchange(300, 200, 20e-6),))


class Client:
    """Dials until it is in."""

    def __init__(self, engine: Engine, node: Node, came: Counter[int]) -> None:
        self.engine, self.node, self.came = engine, node, came
        self.inside = False

    def knock(self) -> None:
        dial = Dial(self.engine, ledger(), path(), self.node, SETUP)
        self.engine.at(self.engine.now_s + PATIENCE_S, self.give_up, dial)
        dial.start(Caller(partial(self.enter, round(self.engine.now_s / ROUND_S)), pytest.fail))

    def enter(self, at_round: int, _connection: Any) -> None:
        self.inside = True
        self.came[at_round] += 1

    def give_up(self, dial: Dial) -> None:
        if not self.inside:
            dial.cancel()
            self.engine.at(self.engine.now_s + WAIT_S, self.knock)


@pytest.mark.parametrize("clients", [16, 40, 200])
def test_each_round_lets_in_as_many_as_the_queue_holds(clients):
    engine, came = Engine(), Counter[int]()
    node = Node(engine, 0, GATEWAY, 1)
    node.backlog = BACKLOG
    for _ in range(clients):
        engine.at(0.0, Client(engine, node, came).knock)
    engine.run(ROUND_S * clients / BACKLOG + 60.0)
    whole, rest = divmod(clients, BACKLOG)
    assert came == dict.fromkeys(range(whole), BACKLOG) | ({whole: rest} if rest else {})
    assert node.waiting == 0
