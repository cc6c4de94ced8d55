"""`explain`: one message of a stored run, every hop and every cause of delay.

The replication is simulated once more with a tape that keeps what concerns the message; the same
seed gives the same run, and the stored digest says whether it really did.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError

if TYPE_CHECKING:
    from sim.history import Column, History
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.sequence.delays import Span
    from sim.sequence.story import Record, Story
    from sim.tape import Mark

Designs = Mapping[str, "Design"]
EXPLAINED = "explained"
_LONGEST_SHOWN = 80
_MICRO_S = 1e-6
_KINDS = {0: "request for a list", 2: "typing notice", 3: "read receipt"}
_LARGEST_BYTES = 64 * 2**20  # of a replication file: a hundred times the largest there is


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
    stored: str  # digest of the stored replication, empty for none


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
    from sim.experiment.run import run_replication
    from sim.scenario.load import load
    from sim.sequence.story import Record
    from sim.tape import Tape
    from sim.world import build_world

    folder = _is_folder(question.run)
    scenario = load(str(question.run / "scenario.toml" if folder else question.run), known)
    ran = _ran(scenario, known)
    design = ran[_design(question, ran)]
    if not 0 <= question.replication < scenario.replications:
        most = scenario.replications - 1
        raise InputError([f"--replication {question.replication}: allowed: 0 to {most}"])
    workload = build_world(scenario, question.replication).workload
    _require_message(question.message, workload.action.tolist())
    room = int(workload.conversation[question.message])
    tape = Tape(_about(question.message, workload.members[room]))
    stored = _stored_digest(question, design.name) if folder else ""
    history = run_replication(scenario, design, question.replication, tape=tape)
    writer = int(workload.actor[question.message])
    readers = [one for one in workload.members[room] if one != writer]
    record = Record(history, tape, scenario.faults)
    reader = _reader(question, history, readers)
    return _Case(question, scenario, design, record, writer, reader, stored)


def _is_folder(run: Path) -> bool:
    """Whether this is a result folder. Raises `InputError` for a name that cannot be."""
    try:
        return run.is_dir()
    except (OSError, ValueError) as error:
        name = str(run)
        short = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
        reason = getattr(error, "strerror", None) or str(error)
        allowed = "a result folder or a scenario file"
        raise InputError([f"RUN: '{short}': {reason}; allowed: {allowed}"]) from None


def _stored_digest(question: Question, design: str) -> str:
    """What the stored replication hashed to; empty where none is stored. Raises `InputError`."""
    path = question.run / "replications" / f"{design}-{question.replication}.json"
    if not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_LARGEST_BYTES))  # cut short, it is no JSON
        digest = found.get("digest") if isinstance(found, dict) else None
    except (OSError, ValueError, RecursionError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise InputError([f"{path}: damaged: {reason}; run the comparison again"]) from None
    if not isinstance(digest, str):
        raise InputError([f"{path}: damaged: no digest in it; run the comparison again"])
    return digest


def _ran(scenario: "Scenario", known: Designs) -> Designs:
    """The designs of a run by name, those on equal footing last."""
    from sim.experiment.footing import line_up
    from sim.scenario.designs import pick

    designs, equal = line_up(scenario, pick(scenario.designs, known, scenario.variants))
    return {one.name: one for one in (*designs, *(equal.designs if equal else ()))}


def _design(question: Question, ran: Designs) -> str:
    if question.design is None:
        return next(iter(ran))
    if question.design not in ran:
        allowed = ", ".join(ran)
        raise InputError([f"--design: '{question.design}' is not in this run; allowed: {allowed}"])
    return question.design


def _require_message(message: int, actions: list[int]) -> None:
    from sim.history import SEND

    if not 0 <= message < len(actions):
        allowed = f"0 to {len(actions) - 1}" if actions else "none, as nobody did anything"
        raise InputError([f"--message {message}: allowed: {allowed}"])
    if actions[message] != SEND:
        sends = (number for number, action in enumerate(actions) if action == SEND)
        near = min(sends, key=lambda number: abs(number - message), default=None)
        hint = "no message was sent" if near is None else f"the nearest message is {near}"
        kind = _KINDS[actions[message]]
        what = f"it is an action of another kind, a {kind}"
        raise InputError([f"--message {message}: {what}; {hint}"])


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
        return f"{way}, never shown. Cause: {_never(case)}."
    longest = max(spans, key=lambda span: span.lasted_s)
    of_it = f"{_time(longest.lasted_s)} of it {longest.cause}"
    return f"{way}, shown after {_time(spans[-1].end_s - spans[0].start_s)}, {of_it}."


def _never(case: _Case) -> str:
    """Why the reader was never shown the message, as recorded."""
    from sim.guarantees.evidence import Evidence
    from sim.guarantees.timeline import cause

    why = cause(Evidence(case.record.history), case.question.message, case.reader)
    return why or "still under way when the run ended"


def _settled_s(case: _Case) -> float:
    """When it was settled that the reader would never be shown the message; 0 if it never was."""
    import numpy as np

    from sim.history import EVERYONE

    tables = case.record.history.tables

    def theirs(table: str) -> "Column":
        rows = tables[table]
        mine = np.isin(rows["person"], (case.reader, EVERYONE))
        return np.asarray(mine & (rows["message"] == case.question.message))

    dropped_s = tables["drops"]["time_s"][theirs("drops")]
    if theirs("pending").any() or not len(dropped_s):
        return 0.0
    return float(dropped_s.max()) + _MICRO_S  # the tape's times are not rounded


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
    broken = None if theirs.sum() == 1 else Broken((message,), case.reader, _settled_s(case))
    return tell(case.record, focus, broken)


def _warning(case: _Case) -> str:
    """Whether the stored run was another one: the program or the design has changed since."""
    if case.stored in ("", case.record.history.digest()):
        return ""
    return "this is not the run that is stored: the program or a design has changed since."


def _write(case: _Case) -> Iterator[Path]:
    """The diagram as SVG and as Mermaid text, beside the run."""
    from sim.experiment.store import write_file
    from sim.sequence.drawing import draw
    from sim.sequence.mermaid import mermaid

    question = case.question
    folder = question.out or _beside(question.run)
    name = f"{case.design.name}-{question.replication}-{question.message}-{case.reader}"
    story, title = _story(case), _headline(case).removesuffix(".")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([f"{folder}: cannot be written: {reason}; choose with --out"]) from None
    for suffix, text in (("svg", draw(story, title)), ("mmd", mermaid(story, title))):
        place = folder / f"{name}.{suffix}"
        write_file(place, text)
        yield place


def _beside(run: Path) -> Path:
    """The folder for diagrams in a result folder, or beside a scenario. Raises `InputError`.

    A link there leads out of a folder that may be somebody else's.
    """
    folder = (run if run.is_dir() else run.parent) / EXPLAINED
    if folder.is_symlink():
        raise InputError([f"{folder}: is a link, which is not followed; choose with --out"])
    return folder
