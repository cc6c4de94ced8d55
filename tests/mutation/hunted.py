"""Mutants under the hunt: after how many schedules it finds something that a subject promises.

The suite's own plays (`subjects`) are a fixed list; this asks whether schedules drawn by luck find
the same mistakes, and how soon: `python -m tests.mutation.hunted [NAME ...]`, of all by default,
prints a row for each. One process for each mutant.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.mutation.fault import Planted
from tests.mutation.plant import plant
from tests.mutation.planted import PLANTED
from tests.mutation.trial import ROOT, surroundings

if TYPE_CHECKING:
    from sim.hunt.judging import SearchTarget

MOST_PLAYS: Final = 2_000
_ROUND: Final = 50
_ASIDE: Final = "bounded-recovery"  # its bound is the subject's own, and a hunt of all has none


class Sighting(NamedTuple):
    """After how many plays, of which subject, which promise was broken; empty for none."""

    plays: int
    subject: str = ""
    broken: str = ""


def sighted(fault: Planted, most: int = MOST_PLAYS, planted: bool = True) -> Sighting:
    """The first broken promise of a mutant, in a process of its own; not `planted`: of the code as
    it is, on the same subjects."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.mutation.hunted", "--one", str(most), "planted" * planted],
        input=json.dumps(asdict(fault)),
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return Sighting(*json.loads(ended.stdout))


def caught(fault: Planted, most: int = MOST_PLAYS) -> Sighting:
    """The same, unless the code as it is breaks something as soon: then nothing is caught, and the
    subject is one that promises more than it keeps under schedules that are drawn."""
    found = sighted(fault, most)
    if found.broken and sighted(fault, found.plays, planted=False).broken:
        return Sighting(found.plays, found.subject)
    return found


def _hunt(names: tuple[str, ...], most: int) -> Sighting:
    """Rounds of every subject in turn, until something is broken or `most` schedules are played."""
    from sim.hunt.judging import DesignCrashed
    from sim.hunt.rounds import Known, search
    from tests.mutation.subjects import SUBJECTS

    plays = 0
    known = dict.fromkeys(names, Known())
    number = 0
    while plays < most and names:
        before = plays
        for name in names:
            size = min(_ROUND, most - plays)
            if size <= 0:
                break
            promised = set(SUBJECTS[name].guarantees) - {_ASIDE}
            try:
                one = search(_target(name), number, size, known[name])
            except DesignCrashed:
                return Sighting(plays + size, name, "a run that does not crash")
            known[name] = known[name].after(one)
            for place, tried in enumerate(one.tried, 1):
                for broken in tried.broken:
                    if broken in promised:
                        return Sighting(plays + place, name, broken)
            plays += len(one.tried)
        if plays == before:
            break  # there is nothing left to draw
        number += 1
    return Sighting(plays)


def _target(name: str) -> SearchTarget:
    from models import DESIGNS
    from sim.hunt.judging import SearchTarget
    from sim.hunt.rehearsal import moments_s
    from sim.hunt.space import Limits
    from sim.hunt.stage import nodes
    from tests.mutation.plays import world
    from tests.mutation.subjects import SUBJECTS

    subject = SUBJECTS[name]
    design = DESIGNS[subject.base].variant(name, dict(subject.changes))
    stage = world(subject)
    limits = Limits(
        subject.faults,
        3,
        messages=10 if "narrow" in name else 4,
        nodes=nodes(stage),
        moments_s=moments_s(design, stage),
        asks=subject.asks,
    )
    return SearchTarget(design, subject.promises[0], stage, limits)


def main(words: list[str]) -> None:
    """Hunt one mutant that stands on standard input, or print a row for each that is named."""
    if words[:1] == ["--one"]:
        given = json.load(sys.stdin)
        fault = Planted(**{**given, "subjects": tuple(given["subjects"])})
        if words[2]:
            plant(fault)
        json.dump(_hunt(fault.subjects, int(words[1])), sys.stdout)
        return
    played = [name for name, one in PLANTED.items() if one.subjects]
    for name in words:
        if name not in played:
            sys.exit(f"'{name}' is no planted fault that is played; allowed: {', '.join(played)}")
    for row in _rows(words or played):
        print(row, flush=True)


def _rows(names: list[str]) -> Iterator[str]:
    for name in names:
        found = caught(PLANTED[name])
        what = f"{found.broken} ({found.subject})" if found.broken else "nothing"
        if found.subject and not found.broken:
            what = f"nothing that {found.subject} does not break without the fault"
        yield f"{name:34} {found.plays:6,}  {what}"


if __name__ == "__main__":
    main(sys.argv[1:])
