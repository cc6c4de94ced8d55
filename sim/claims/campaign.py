"""All claims, one after the other, into one result folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.claims.judging import Judge, runs_of
from sim.claims.spec import (
    CONDITIONAL,
    DEMONSTRATED,
    NOT_YET,
    PROVENANCE,
    REFUTED,
    TOO_FEW,
    Claim,
)
from sim.claims.tested import CLAIMS_OUT, Verdicts
from sim.claims.worlds import Effort, plan, runs
from sim.experiment.errors import Interrupted
from sim.experiment.estimate import load
from sim.experiment.store import as_json, require_writable
from sim.files import folders
from sim.metrics import rounded
from sim.report import claims_page
from sim.report.escape import shell

if TYPE_CHECKING:
    from sim.scenario.designs import Design

Progress = Callable[[int, int], None]
WORDS: Final = (DEMONSTRATED, REFUTED, CONDITIONAL, TOO_FEW, PROVENANCE, NOT_YET)
FILE: Final = "claims.json"
LOAD_PER_S: Final = 65_000.0
"""Person-seconds (`estimate.load`) of small worlds that a processor of 2026 simulates in a second,
measured over all claims; only the estimate knows it."""


def put_to_the_test(
    claims: Mapping[str, Claim],
    effort: Effort,
    known: Mapping[str, Design],
    names: Sequence[str] = (),
    progress: Progress = lambda finished, total: None,
) -> Verdicts:
    """Judge every claim and store what was found; `names` are the ids that were asked for.

    Raises `InputError`, or `Interrupted` with what is kept.
    """
    found = judged(claims, effort, known, command(names, effort), progress)
    return Verdicts(store(found, effort.out, {"report.html": claims_page.page(found)}), found)


def judged(
    claims: Mapping[str, Claim],
    effort: Effort,
    known: Mapping[str, Design],
    resume: str,
    progress: Progress,
) -> dict[str, Any]:
    """What is found of every claim. Raises as `put_to_the_test` does."""
    require_writable(effort.out)
    total = sum(runs_of(one, effort) for one in claims.values())
    with runs(effort, resume) as running:
        running.tell = lambda done: progress(min(done, total), total)
        judge = Judge(effort, known, running)
        try:
            found = [judge.judge(claim) for claim in claims.values()]
        except Interrupted as stop:
            raise Interrupted(running.done, total, stop.resume) from None
        progress(total, total)
    counts = Counter(one["verdict"] for one in found)
    return dict(rounded({
        "seed": effort.seed,
        "quick": effort.quick,
        "command": resume,
        "counts": {word: counts[word] for word in WORDS},
        "claims": found,
    }))  # fmt: skip


def command(names: Sequence[str], effort: Effort) -> str:
    """What repeats it exactly, and goes on after an interruption."""
    words = ["rtcsim", "claims"]
    words += [word for name in names for word in ("--only", name)]
    words += ["--seed", str(effort.seed)]
    words += ["--quick"] if effort.quick else []
    words += ["--out", str(effort.out)] if effort.out != CLAIMS_OUT else []
    return " ".join(map(shell, words))


def store(summary: Mapping[str, Any], out: Path, drawn: Mapping[str, str] = {}) -> Path:
    """Write the result folder whole, `drawn` (file name -> text) beside the data; where it is."""
    digest = sha256(json.dumps(summary, sort_keys=True).encode()).hexdigest()
    target = out / f"claims-{digest[:12]}"
    with folders.staged(target, lambda fresh: not folders.same(fresh, target)) as fresh:
        for name, text in {FILE: as_json(summary), **drawn}.items():
            (fresh / name).write_text(text, "utf-8")
    return target


def seconds(claims: Mapping[str, Claim], effort: Effort, known: Mapping[str, Design]) -> float:
    """Processor seconds that it will take, roughly.

    Raises `InputError` for a world that cannot be.
    """
    total = 0.0
    for claim in claims.values():
        for name, world in claim.worlds.items():
            scenario = plan(world, effort, known).scenario
            times = len(world.designs) * effort.replications(world)
            if claim.moves is not None and name == claim.world_of(claim.moves.world):
                times *= effort.points(claim)
            total += load(scenario) * times
    return total / LOAD_PER_S
