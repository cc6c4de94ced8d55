"""The command's work as functions on values, for notebooks and programs.

`compare` does what `rtcsim compare` does and gives back what was found; it also takes designs that
no file knows. Leaves out printing, and whatever can be typed (`sim.commands`).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from sim import registry
from sim.asked import (
    AttributeHow,
    Changes,
    CompareHow,
    How,
    SweepHow,
    as_changes,
    carried_out,
    require_keywords,
    stop_of,
    tell,
    unseen,
    with_own,
)
from sim.claims.tested import CLAIMS_OUT, Verdicts
from sim.experiment import request
from sim.experiment.errors import ConservationError
from sim.experiment.findings import Attribution, Findings
from sim.experiment.request import DEFAULT_OUT, Request
from sim.scenario import DEFAULT_SCENARIO, DEFAULT_STORM
from sim.scenario.load import load

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.rare.estimates import Rare
    from sim.experiment.sweep.results import Swept
    from sim.hunt.hunted import Hunted
    from sim.plans.planned import Planned
    from sim.plans.planned import What as Wanted
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.stormed import Stormed, What
    from sim.validation.fidelity import Fidelity


def load_scenario(
    scenario: str | Path = DEFAULT_SCENARIO, changes: Changes | None = None
) -> Scenario:
    """A shipped scenario (by name) or a TOML file, changed and checked. Raises `InputError`.

    >>> import sim
    >>> sim.load_scenario("commuter-day", {"people.count": 300}).people.count
    300
    """
    return load(str(scenario), registry.designs(), as_changes(changes))


def compare(
    scenario: str | Path = DEFAULT_SCENARIO,
    designs: Sequence[str | Design] | None = None,
    changes: Changes | None = None,
    replications: int | None = None,
    **how: Unpack[CompareHow],
) -> Findings:
    """Run a scenario for its own designs, or for these: names, or designs of your own.

    The first design is the reference. They are compared as shipped and on equal footing
    (`Findings.equal`), unless `changes` say `{"footing": "shipped"}`. The result folder is made in
    `out`, as by the command (`CompareHow` has the options). Raises `InputError` with every problem
    of the input, `Interrupted` when stopped by hand, `ConservationError` when the books do not add
    up; warns when it takes long or when the report could not be drawn.

    >>> import sim
    >>> small = {"people.count": 20, "time.measure_s": 20}
    >>> found = sim.compare(designs=["hybrid"], changes=small, replications=2, workers=1)
    >>> found.summary["replications"]
    2
    """
    require_keywords(how, CompareHow)
    own = [design for design in designs or () if not isinstance(design, str)]
    known = with_own(own)
    names = [design if isinstance(design, str) else design.name for design in designs or ()]
    asked = Request(
        designs=tuple(names) or None,
        replications=replications,
        changes=as_changes(changes),
        workers=how.get("workers", 0),
        out=Path(how.get("out", DEFAULT_OUT)),
        anyway=how.get("anyway", False),
        stop=stop_of(how),
    )
    plan = request.planned("compare", str(scenario), asked, known)
    return Findings(*carried_out(plan, asked.anyway, how.get("progress", unseen)))


def attribute(
    a: str | Design,
    b: str | Design,
    metric: str,
    scenario: str | Path = DEFAULT_SCENARIO,
    changes: Changes | None = None,
    **how: Unpack[AttributeHow],
) -> Attribution:
    """Tell where the difference between two designs comes from, as `rtcsim attribute` does.

    Raises what `compare` raises, and `InputError` for an unknown metric or one without shares.

    >>> import sim
    >>> small = {"people.count": 20, "time.measure_s": 20}
    >>> how = {"replications": 2, "workers": 1}
    >>> found = sim.attribute("hybrid", "hybrid-cursor", "loss_pressed", changes=small, **how)
    >>> list(found.shares.index)
    ['key', 'recovery']
    """
    from sim.experiment.attribution.study import planned

    require_keywords(how, AttributeHow)
    own = [one for one in (a, b) if not isinstance(one, str)]
    first, second = (one if isinstance(one, str) else one.name for one in (a, b))
    asked = Request(
        replications=how.get("replications"),
        changes=as_changes(changes),
        workers=how.get("workers", 0),
        out=Path(how.get("out", DEFAULT_OUT)),
        anyway=how.get("anyway", False),
    )
    names, known = (first, second), with_own(own)
    plan = planned(names, metric, str(scenario), asked, known, registry.between)
    return Attribution(*carried_out(plan, asked.anyway, how.get("progress", unseen)))


def rare(
    design: str | Design,
    scenario: str | Path = DEFAULT_SCENARIO,
    metric: str = "lost",
    changes: Changes | None = None,
    replications: int | None = None,
    **how: Unpack[How],
) -> Rare:
    """How often a reception is lost (or "late", "twice") where that is too rare to wait for.

    What `rtcsim rare` does: outages are made, and what each costs is multiplied by how many there
    are (`sim.experiment.rare`). Shares of receptions owed, with intervals. Raises `InputError`,
    also for a scenario without outages whose rate is known.

    >>> import sim
    >>> small = {"people.count": 20, "time.measure_s": 20}
    >>> found = sim.rare("full-websocket", changes=small, replications=3, workers=1)
    >>> found.made > 0
    True
    """
    from sim.experiment.rare.study import Study

    require_keywords(how, How)
    own = [] if isinstance(design, str) else [design]
    name = design if isinstance(design, str) else design.name
    asked = Request(designs=(name,), replications=replications, changes=as_changes(changes))
    plan = request.planned("rare", str(scenario), asked, with_own(own))
    study = Study(plan.scenario, plan.designs[0], metric)
    request.look_ahead(plan, how.get("anyway", False), tell)
    return study.run(how.get("workers", 0), how.get("progress", unseen))


def sweep(
    scenario: str | Path,
    over: Mapping[str, str | Sequence[int | float]],
    designs: Sequence[str | Design] | None = None,
    metrics: Sequence[str] = (),
    changes: Changes | None = None,
    **how: Unpack[SweepHow],
) -> Swept:
    """Change numbers step by step and tell who is best where, as `rtcsim sweep` does.

    `over`: scenario key, or a design's behind `options.`, -> its values, or a range such as
    "50..500:4". The first of `metrics` is the answer's. Raises what `compare` raises.

    >>> import sim
    >>> how = {"changes": {"time.measure_s": 20}, "replications": 2, "workers": 1}
    >>> found = sim.sweep("commuter-day", {"people.count": [10, 20]}, ["hybrid"], ["lost"], **how)
    >>> found.cells["people.count"].tolist()
    [10, 10, 20, 20]
    """
    from sim.experiment.sweep.plan import SWEEPS_OUT, Asked, planned
    from sim.experiment.sweep.results import Swept, look_ahead, run

    require_keywords(how, SweepHow)
    own = [one for one in designs or () if not isinstance(one, str)]
    known = with_own(own)
    names = [one if isinstance(one, str) else one.name for one in designs or ()]
    asked = Asked(
        over,
        Request(
            designs=tuple(names) or None,
            replications=how.get("replications"),
            changes=as_changes(changes),
            workers=how.get("workers", 0),
            out=Path(how.get("out", SWEEPS_OUT)),
            anyway=how.get("anyway", False),
        ),
        how.get("sample", "grid"),
        how.get("points"),
        tuple(metrics),
        how.get("store", ""),
        how.get("dask"),
    )
    plan = planned(str(scenario), asked, known)
    look_ahead(plan, tell)
    progress = how.get("progress", unseen)
    outcome = run(plan, lambda pace: progress(pace.cells, pace.of_cells))
    if outcome.undrawn is not None:
        warnings.warn(outcome.why_undrawn, stacklevel=2)
    if not outcome.summary["conservation"]["adds_up"]:
        raise ConservationError(f"{outcome.folder}: receptions owed are unaccounted for")
    return Swept(outcome.folder, outcome.summary)


def find_violation(
    design: str | Design,
    guarantee: str,
    changes: Changes | None = None,
    faults: Sequence[str] = (),
    schedules: int = 2000,
    workers: int = 0,
) -> Hunted:
    """Look for the smallest schedule of faults that makes a design break a guarantee.

    What `rtcsim hunt` does. `faults`: classes that may break, without any the usual ones.
    `schedules`: how many to try. Raises `InputError` for changes that cannot be, and for names that
    do not exist.

    >>> import sim
    >>> sim.find_violation("full-websocket", "at-least-once", schedules=20, workers=1).violated
    True
    """
    from sim.hunt.hunted import Hunt
    from sim.hunt.hunted import find_violation as find
    from sim.hunt.schedule import USUAL

    own = [] if isinstance(design, str) else [design]
    known = with_own(own)
    name = design if isinstance(design, str) else design.name
    effort = Hunt(tuple(faults) or USUAL, schedules, workers=workers)
    return find(name, guarantee, known, as_changes(changes), effort)


def guarantee_table(
    designs: Sequence[str | Design], schedules: int = 100, workers: int = 0
) -> pd.DataFrame:
    """Which guarantee of these designs survives which class of faults, a row each.

    What `rtcsim guarantees` does, with so many schedules per design and class. Raises `InputError`
    for a design that does not exist.

    >>> import sim
    >>> table = sim.guarantee_table(["hybrid"], schedules=1, workers=1)
    >>> "fifo" in table.to_string()
    True
    """
    from sim.hunt.hunted import Hunt
    from sim.hunt.hunted import guarantee_table as table

    own = [design for design in designs if not isinstance(design, str)]
    known = with_own(own)
    names = [design if isinstance(design, str) else design.name for design in designs]
    return table(names, known, Hunt(schedules=schedules, workers=workers))


def put_to_the_test(
    claims: Sequence[str] = (), seed: int = 1, quick: bool = False, **how: Unpack[How]
) -> Verdicts:
    """Put claims about chat systems to the test, as `rtcsim claims` does: these ids, or all.

    `quick`: with half of the replications. Raises `InputError` for an unknown id, and
    `Interrupted` when stopped by hand.

    >>> import sim
    >>> sim.put_to_the_test(["O3"]).table.loc["O3", "verdict"]
    'provenance'
    """
    from sim.claims import campaign
    from sim.claims.reading import chosen
    from sim.claims.worlds import Effort

    require_keywords(how, How)
    out = Path(how.get("out", CLAIMS_OUT))
    effort = Effort(seed, quick, how.get("workers", 0), out)
    seen = how.get("progress", unseen)
    return campaign.put_to_the_test(chosen(claims), effort, registry.designs(), claims, seen)


def validate(
    against: str | Path | None = None,
    cells: Sequence[str] = (),
    replications: int = 0,
    workers: int = 0,
) -> Fidelity:
    """Hold predictions against measurements of real software, as `rtcsim validate` does.

    `against`: your own tables instead of the recorded ones. `cells`: parts of cells' names, all
    without any. `replications` 0: each cell's own number. Raises `InputError`.

    >>> import sim
    >>> found = sim.validate(cells=["rst-ws"], replications=1, workers=1)
    >>> len(found.verdicts) > 0
    True
    """
    from sim.validation.campaign import Effort
    from sim.validation.fidelity import validate as run

    return run(registry.designs(), against, cells, Effort(replications, workers))


def storm(
    scenario: str | Path = DEFAULT_STORM,
    design: str | Design | None = None,
    changes: Changes | None = None,
    **what: Unpack[What],
) -> Stormed:
    """Play a reconnect storm, as `rtcsim storm` does; nothing is written.

    `what` says how large the crowd is and which nodes fail (`What`); without it one of 40 nodes
    crashes that hold a million clients. The scenario's first design when none is named. Raises
    `InputError`.

    >>> import sim
    >>> found = sim.storm(clients=2000, nodes=4, lose=1)
    >>> found.figures["cut"], found.comes_back
    (500, True)
    """
    from sim.storms.stormed import What as Known
    from sim.storms.stormed import design_of, stormed

    require_keywords(what, Known)
    own = [design] if design is not None and not isinstance(design, str) else []
    known = with_own(own)
    world = load(str(scenario), known, as_changes(changes))
    name = design if design is None or isinstance(design, str) else design.name
    return stormed(what, design_of(world, name, known), world, registry.play_storm)


def plan(
    scenario: str | Path = DEFAULT_STORM,
    design: str | Design | None = None,
    changes: Changes | None = None,
    **what: Unpack[Wanted],
) -> Planned:
    """How many nodes it takes to lose a zone, as `rtcsim plan` tells; nothing is written.

    `what` says what must hold and what may be chosen (`Wanted`). The scenario's first design when
    none is named. Raises `InputError`.

    >>> import sim
    >>> ways = {"backoffs": ["full-jitter"], "admissions": [None]}
    >>> found = sim.plan(clients=3000, most_nodes=300, recovery=0.1, **ways)
    >>> found.nodes is None  # nobody has dialled again after a tenth of a second
    True
    """
    from sim.plans.planned import Planned as Told
    from sim.plans.planned import Telling, asked, planned
    from sim.plans.storming import Stage
    from sim.storms.stormed import design_of

    own = [design] if design is not None and not isinstance(design, str) else []
    known = with_own(own)
    world = load(str(scenario), known, as_changes(changes))
    name = design if design is None or isinstance(design, str) else design.name
    question = asked(what, world.servers.balancer, world.seed)
    stage = Stage(question, design_of(world, name, known), world, registry.play_storm)
    return Told(planned(stage, Telling(tell=tell)))
