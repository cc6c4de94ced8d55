"""A finding as files: the scenario that replays it, its diagram, its story in words.

The scenario holds the design to the guarantee, so `rtcsim check` fails on it until the hole is
closed: it is a test to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import InputError
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES, Witness
from sim.hunt.judging import SearchTarget
from sim.hunt.rounds import Found
from sim.hunt.schedule import Schedule
from sim.scenario.gates import Gate
from sim.scenario.scenario import Scenario
from sim.scenario.write import to_toml
from sim.sequence.drawing import draw
from sim.sequence.mermaid import mermaid
from sim.sequence.notes import Focus
from sim.sequence.story import Broken, Record, Story, tell
from sim.sequence.words import words
from sim.tape import Tape

SCENARIO, PICTURE, MERMAID, TEXT = "scenario.toml", "diagram.svg", "diagram.mmd", "finding.txt"
_LONGEST_NAME: Final = 60
_LONGEST_QUESTION: Final = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What a hunt has found, ready to be told and replayed."""

    target: SearchTarget
    found: Found
    scenario: Scenario
    story: Story

    @property
    def title(self) -> str:
        """Who breaks what."""
        return f"{self.target.design.name} breaks {_guarantee(self.target, self.found)}"

    @property
    def witness(self) -> Witness:
        """The case that breaks it."""
        witness = self.found.verdict.witness
        assert witness is not None
        return witness


def finding(target: SearchTarget, found: Found) -> Finding:
    """Play the smallest schedule once more, writing down every hop."""
    scenario = _replay(target, found)
    tape = Tape()
    history = run_replication(scenario, target.design, 0, tape=tape)
    verdict = GUARANTEES[_guarantee(target, found)].check(history, _bound_s(target, found))
    witness = verdict.witness
    assert witness is not None, "the same schedule breaks the same guarantee"
    schedule = found.schedule
    focus = Focus(tuple(range(len(schedule.sends))), tuple(range(schedule.people)))
    story = tell(Record(history, tape, scenario.faults), focus, _broken(witness))
    return Finding(target, found, scenario, story)


def _guarantee(target: SearchTarget, found: Found) -> str:
    return found.broken or target.guarantee


def _bound_s(target: SearchTarget, found: Found) -> float | None:
    return None if found.broken else target.bound_s


def _broken(witness: Witness) -> Broken:
    messages = tuple(one for one in (witness.message, *witness.others) if one >= 0)
    end_s = max((moment.time_s for moment in witness.timeline), default=0.0)
    return Broken(messages, witness.person, 0.0 if messages else end_s)


def _replay(target: SearchTarget, found: Found) -> Scenario:
    design, guarantee = target.design.name, _guarantee(target, found)
    witness = found.verdict.witness
    what = witness.what if witness is not None else ""
    return found.schedule.scenario(target.stage).model_copy(
        update={
            "name": f"{design}-{guarantee}"[:_LONGEST_NAME].strip("-"),
            "question": f"How {design} breaks {guarantee}: {what}"[:_LONGEST_QUESTION],
            "designs": (design,),
            "guarantees": (Gate(guarantee=guarantee, within_s=_bound_s(target, found)),),
        }
    )


def in_figures(schedule: Schedule) -> str:
    """2 people, 1 message, 1 fault."""
    counts = (
        (schedule.people, "people", "people"),
        (len(schedule.sends), "message", "messages"),
        (len(schedule.faults), "fault", "faults"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)


def write(folder: Path, one: Finding, head: str) -> None:
    """Write all files of a finding; `head` begins the text and the scenario's comment.

    Raises `InputError` when that is not permitted.
    """
    told = words(one.story)
    comment = "".join(f"# {line}".rstrip() + "\n" for line in [*head.splitlines(), "", *told])
    texts = {
        SCENARIO: f"{comment}\n{to_toml(one.scenario)}",
        PICTURE: draw(one.story, one.title, one.witness.what),
        MERMAID: mermaid(one.story, one.title),
        TEXT: "\n".join([head, "", *told, ""]),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([f"{folder}: cannot be written: {reason}; choose with --out"]) from None
