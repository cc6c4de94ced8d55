"""Where results come from: versions, seed, command, and one digest of all that decides them.

No time of day, no host, no worker count: the same experiment gives the same provenance.
"""

import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.experiment.sources import LIBRARIES, fields, sources
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario
from sim.scenario.write import plain


def provenance(scenario: Scenario, command: str) -> dict[str, Any]:
    """What to write beside the results."""
    return {
        "rtcsim": version_of("rtcsim"),
        "program": program(),
        "python": platform.python_version(),
        "libraries": _versions(),
        "command": command,
        "scenario": scenario.name,
        "seed": scenario.seed,
        "replications": scenario.replications,
    }


def experiment_key(scenario: Scenario, designs: Sequence[Design], histories: bool) -> str:
    """Digest of everything that decides a replication: inputs, designs, input files, program.

    How many replications there are is not part of it: a longer run goes on from a shorter one.
    """
    given = {key: one for key, one in plain(scenario).items() if key != "replications"}
    decisive = {
        "scenario": given,
        "designs": [[one.name, one.describe(), fields(one)] for one in designs],
        "sources": {name: text for one in designs for name, text in sources(one).items()},
        "files": {str(path): _digest(path) for path in sorted(_files(given))},
        "histories": histories,
        "program": _source(),
        "python": platform.python_version(),
        "libraries": _versions(),
    }
    text = json.dumps(decisive, sort_keys=True, default=dict)
    return sha256(text.encode()).hexdigest()


def program() -> str:
    """Short digest of whatever turns replications into a summary."""
    estimating = [_source(), *(version_of(name) for name in ("numpy", "scipy"))]
    return sha256("\n".join(estimating).encode()).hexdigest()[:12]


def overall_digest(digests: Mapping[tuple[str, int], str]) -> str:
    """One digest of the digests of all (design, replication), whatever their order."""
    rows = (f"{design} {number} {digest}\n" for (design, number), digest in sorted(digests.items()))
    return sha256("".join(rows).encode()).hexdigest()


def _files(value: object) -> list[Path]:
    """Every existing file the scenario names."""
    if isinstance(value, Mapping):
        named = value.get("file")
        here = [Path(named)] if isinstance(named, str) and Path(named).is_file() else []
        return here + [path for one in value.values() for path in _files(one)]
    if isinstance(value, list | tuple):
        return [path for one in value for path in _files(one)]
    return []


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@cache
def _source() -> str:
    """Digest of the program's own source, so that no half-finished run outlives a change of it."""
    total = sha256(version_of("rtcsim").encode())
    beside = Path(__file__).parents[2]
    sources = [*beside.glob("sim/**/*.py"), *beside.glob("models/**/*.py")]
    for path in sorted(sources):
        total.update(path.relative_to(beside).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _versions() -> dict[str, str]:
    return {name: version_of(name) for name in LIBRARIES}


@cache
def version_of(name: str) -> str:
    """The version of an installed distribution, "unknown" for one that is not."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
