"""The world in which a hunt plays its schedules: two gateways, an API node, even links.

Everything is constant (25 ms each way, nothing is lost by chance), so that only the schedule can
break something and every time in a finding is easy to follow. A scenario of the user's own can
take its place; its people, talk, faults and times are then replaced by those of each schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from sim.scenario.designs import Design
from sim.scenario.load import Change, Source, check, open_scenario
from sim.scenario.scenario import Scenario

TEXT: Final = """\
name = "hunt"
question = "What is the smallest schedule that breaks a guarantee?"
designs = []
replications = 1

[people]
count = 2
owed = "members"

[[networks]]
share = 1.0
profile = "lan"
delay = { kind = "constant", delay_s = 0.025 }
rate = { kind = "none" }

[tls]
version = "none"

[servers]
gateways = 2
api_nodes = 1
"""


def stage(
    design: str,
    known: Mapping[str, Design],
    scenario: str | None = None,
    changes: Iterable[Change] = (),
) -> Scenario:
    """The world for `design`: ours, or that of a scenario (shipped, or a file), changed.

    Raises `InputError` with every problem.
    """
    source = Source("stage", TEXT, Path.cwd()) if scenario is None else open_scenario(scenario)
    return check(source, known, [Change(("designs",), [design], "DESIGN"), *changes])


def nodes(world: Scenario) -> int:
    """How many nodes a fault can hit."""
    return world.servers.gateways + world.servers.api_nodes
