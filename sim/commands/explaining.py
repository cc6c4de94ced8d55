"""`explain`: one message of a stored run, every hop and every cause of delay.

The replication is simulated once more with a tape that keeps what concerns the message; the same
seed gives the same run, and the stored digest says whether it really did.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.errors import InputError

if TYPE_CHECKING:
    from sim.experiment.designs import Design
    from sim.experiment.scenario import Scenario
    from sim.history import History
    from sim.sequence.delays import Span
    from sim.sequence.story import Record, Story
    from sim.tape import Mark

Designs = Mapping[str, "Design"]
EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class Question:
    """Which message of which run; `person` is the reader, the worst served when None."""

    run: Path
    message: int
    design: str | None = None
    replication: int = 0
    person: int | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """The run again: its scenario, its design, its record, who writes and who reads."""

    question: Question
    scenario: "Scenario"
    design: "Design"
    record: "Record"
    writer: int
    reader: int


def explain(question: Question, known: Designs) -> None:
    """Print the timeline of one message and where its time went; write its diagram."""
    from rich.text import Text

    from sim.commands.output import console_for_results

    case = _again(question, known)
    console = console_for_results()
    console.print(Text(_headline(case), style="bold"))
    for line in _timeline(case):
        console.print(Text(line), soft_wrap=True)
    if warning := _warning(case):
        console.print(Text(f"Warning: {warning}", style="red"))
    for place in _write(case):
        console.print(f"Diagram: {place}", markup=False, soft_wrap=True)


def _again(question: Question, known: Designs) -> _Case:
    """Simulate the replication with a tape. Raises `InputError`."""
    from sim.experiment.designs import pick
    from sim.experiment.load import load
    from sim.experiment.run import run_replication
    from sim.sequence.story import Record
    from sim.tape import Tape
    from sim.world import build_world

    file = question.run / "scenario.toml" if question.run.is_dir() else question.run
    scenario = load(str(file), known)
    name = _design(question, scenario)
    if not 0 <= question.replication < scenario.replications:
        most = scenario.replications - 1
        raise InputError([f"--replication {question.replication}: allowed: 0 to {most}"])
    (design,) = pick((name,), known, scenario.variants)
    workload = build_world(scenario, question.replication).workload
    _require_message(question.message, workload.action.tolist())
    room = int(workload.conversation[question.message])
    tape = Tape(_about(question.message, workload.members[room]))
    history = run_replication(scenario, design, question.replication, tape=tape)
    writer = int(workload.actor[question.message])
    readers = [one for one in workload.members[room] if one != writer]
    record = Record(history, tape, scenario.faults)
    return _Case(question, scenario, design, record, writer, _reader(question, history, readers))


def _design(question: Question, scenario: "Scenario") -> str:
    if question.design is None:
        return scenario.designs[0]
    if question.design not in scenario.designs:
        allowed = ", ".join(scenario.designs)
        raise InputError([f"--design: '{question.design}' is not in this run; allowed: {allowed}"])
    return question.design


def _require_message(message: int, actions: list[int]) -> None:
    from sim.history import SEND

    if not 0 <= message < len(actions):
        raise InputError([f"--message {message}: allowed: 0 to {len(actions) - 1}"])
    if actions[message] != SEND:
        sends = (number for number, action in enumerate(actions) if action == SEND)
        near = min(sends, key=lambda number: abs(number - message), default=None)
        hint = "" if near is None else f"; the nearest message is {near}"
        raise InputError([f"--message {message}: it is an action of another kind{hint}"])


def _about(message: int, members: tuple[int, ...]) -> Callable[["Mark"], bool]:
    """Keeps what is about the message, and what the connections of its people go through."""
    from sim.tape import CONTROL, person_lane

    lanes = {person_lane(one) for one in members}

    def keep(mark: "Mark") -> bool:
        said = mark.what
        if message in said.messages:
            return True
        return said.role == CONTROL and bool(lanes & {mark.source, mark.target})

    return keep


def _reader(question: Question, history: "History", readers: list[int]) -> int:
    """The one asked for, or who was served worst: never, twice, or last."""
    if question.person is not None:
        if question.person not in readers:
            allowed = ", ".join(map(str, readers[:20]))
            raise InputError([f"--person {question.person}: no reader of it; allowed: {allowed}"])
        return question.person
    rows = history.tables["deliveries"]
    seen: dict[int, list[float]] = {one: [] for one in readers}
    about = (rows["message"] == question.message) & rows["visible"]
    for person, time_s in zip(rows["person"][about], rows["time_s"][about], strict=True):
        seen.setdefault(int(person), []).append(float(time_s))
    return max(readers, key=lambda one: (not seen[one], len(seen[one]), max(seen[one], default=0)))


def _headline(case: _Case) -> str:
    from sim.sequence.delays import delays

    message, design = case.question.message, case.design.name
    what = f"message {message} of {design}, replication {case.question.replication}"
    way = f"{what}: person {case.writer} to person {case.reader}"
    spans = delays(case.record, message, case.reader)
    if not spans:
        return f"{way}, never shown."
    return f"{way}, shown after {_time(spans[-1].end_s - spans[0].start_s)}."


def _timeline(case: _Case) -> Iterator[str]:
    from sim.sequence.delays import delays
    from sim.sequence.words import words

    spans = delays(case.record, case.question.message, case.reader)
    if spans:
        yield "\nWhere the time went:"
        yield from _table(spans)
    yield "\nStep by step:"
    yield from words(_story(case))
    yield ""


def _table(spans: "list[Span]") -> Iterator[str]:
    where_width = max(len(span.where) for span in spans)
    total_s = spans[-1].end_s - spans[0].start_s
    for span in spans:
        share = span.lasted_s / total_s if total_s else 0.0
        yield (
            f"{span.start_s:10.3f} s {_time(span.lasted_s):>9} {share:4.0%}  "
            f"{span.where:{where_width}}  {span.cause}"
        )


def _time(lasted_s: float) -> str:
    return f"{lasted_s:.3f} s" if lasted_s >= 1.0 else f"{lasted_s * 1e3:.1f} ms"


def _story(case: _Case) -> "Story":
    from sim.sequence.notes import Focus
    from sim.sequence.story import Broken, tell

    message = case.question.message
    focus = Focus((message,), (case.writer, case.reader))
    rows = case.record.history.tables["deliveries"]
    theirs = (rows["message"] == message) & (rows["person"] == case.reader) & rows["visible"]
    broken = None if theirs.sum() == 1 else Broken((message,), case.reader)
    return tell(case.record, focus, broken)


def _warning(case: _Case) -> str:
    """Whether the stored run was another one: the program or the design has changed since."""
    name = f"{case.design.name}-{case.question.replication}.json"
    stored = case.question.run / "replications" / name
    if not stored.is_file():
        return ""
    if json.loads(stored.read_text("utf-8"))["digest"] == case.record.history.digest():
        return ""
    return "this is not the run that is stored: the program or a design has changed since."


def _write(case: _Case) -> Iterator[Path]:
    """The diagram as SVG and as Mermaid text, beside the run."""
    from sim.sequence.drawing import draw
    from sim.sequence.mermaid import mermaid

    question = case.question
    beside = question.run if question.run.is_dir() else question.run.parent
    folder = question.out or beside / EXPLAINED
    name = f"{case.design.name}-{question.replication}-{question.message}-{case.reader}"
    story, title = _story(case), _headline(case).removesuffix(".")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, text in (("svg", draw(story, title)), ("mmd", mermaid(story, title))):
            place = folder / f"{name}.{suffix}"
            place.write_text(text, "utf-8")
            yield place
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([f"{folder}: cannot be written: {reason}; choose with --out"]) from None
