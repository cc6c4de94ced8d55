"""The instrument: simulates chat designs and says what their users would feel.

The door for notebooks and programs; each name is imported when it is first used, so that
`import sim` and `rtcsim --help` stay light. It names no architecture: those are in `models`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.api import attribute as attribute
    from sim.api import compare as compare
    from sim.api import find_violation as find_violation
    from sim.api import guarantee_table as guarantee_table
    from sim.api import load_scenario as load_scenario
    from sim.api import plan as plan
    from sim.api import put_to_the_test as put_to_the_test
    from sim.api import rare as rare
    from sim.api import storm as storm
    from sim.api import sweep as sweep
    from sim.api import validate as validate
    from sim.errors import InputError as InputError
    from sim.experiment.findings import Findings as Findings
    from sim.experiment.findings import read_results as read_results
    from sim.experiment.run import run_replication as run_replication
    from sim.metrics import METRICS as METRICS
    from sim.metrics import measure as measure
    from sim.network.profiles import PROFILES as PROFILES
    from sim.registry import designs as designs
    from sim.scenario.scenario import Scenario as Scenario

_HOMES = {
    "Findings": "sim.experiment.findings",
    "InputError": "sim.errors",
    "METRICS": "sim.metrics",
    "PROFILES": "sim.network.profiles",
    "Scenario": "sim.scenario.scenario",
    "attribute": "sim.api",
    "compare": "sim.api",
    "find_violation": "sim.api",
    "guarantee_table": "sim.api",
    "designs": "sim.registry",
    "load_scenario": "sim.api",
    "measure": "sim.metrics",
    "plan": "sim.api",
    "put_to_the_test": "sim.api",
    "rare": "sim.api",
    "read_results": "sim.experiment.findings",
    "run_replication": "sim.experiment.run",
    "storm": "sim.api",
    "sweep": "sim.api",
    "validate": "sim.api",
}
__all__ = [*_HOMES]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'; it has {', '.join(_HOMES)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
