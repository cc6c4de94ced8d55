"""A story as Mermaid text (`sequenceDiagram`), for pages that render it, such as those of GitHub.

Crosses at arrow heads are what Mermaid has for loss; faults, pauses and what people see are notes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.sequence.hops import Hop
from sim.sequence.layout import BREAK_S
from sim.sequence.notes import BREAKS, Bar, Note
from sim.sequence.story import Step, Story, when_s
from sim.tape import ACK, CONTROL, is_person

_ARROWS: Final = {True: "--", False: "-"}  # dashed for what acknowledges


def mermaid(story: Story, title: str) -> str:
    """The diagram's text, one statement a line."""
    return "\n".join([*_lines(story, title), ""])


def _lines(story: Story, title: str) -> Iterator[str]:
    yield "---"
    yield f"title: {_plain(title).replace(':', ' -')}"
    yield "---"
    yield "sequenceDiagram"
    names = {lane: lane.replace(" ", "") for lane in story.lanes}
    for lane, name in names.items():
        kind = "actor" if is_person(lane) else "participant"
        yield f"    {kind} {name} as {lane}"
    ends = (names[story.lanes[0]], names[story.lanes[-1]])
    across = ",".join(dict.fromkeys(ends))
    before_s = None
    for time_s, what in _events(story):
        if before_s is not None and time_s - before_s > BREAK_S:
            yield f"    Note over {across}: {time_s - before_s:.1f} s later"
        before_s = time_s
        yield f"    {_statement(time_s, what, names)}"


def _events(story: Story) -> list[tuple[float, Step | tuple[Bar, str]]]:
    """Steps and the beginnings and ends of faults, in order of time."""
    last_s = max(when_s(step) for step in story.steps)
    found: list[tuple[float, Step | tuple[Bar, str]]] = [
        *((bar.start_s, (bar, bar.begins.label)) for bar in story.bars),
        *((when_s(step), step) for step in story.steps),
        *(
            (bar.end_s, (bar, bar.ends.label))
            for bar in story.bars
            if bar.ends and bar.end_s <= last_s
        ),
    ]
    return sorted(found, key=_order)


def _order(event: tuple[float, Step | tuple[Bar, str]]) -> tuple[float, bool]:
    time_s, what = event
    return round(time_s, 6), isinstance(what, Note) and what.kind == BREAKS


def _statement(time_s: float, what: Step | tuple[Bar, str], names: dict[str, str]) -> str:
    clock = f"{time_s:.3f} s"
    if isinstance(what, tuple):
        bar, text = what
        return f"Note over {names[bar.lane]}: {clock}, {_plain(text)}"
    if isinstance(what, Hop):
        head = ">>" if what.fate == "arrived" else "x"
        arrow = _ARROWS[what.said.role in (ACK, CONTROL)] + head
        again = ", resent by TCP" if what.resent else ""
        lost = "" if what.fate == "arrived" else " (lost)"
        text = _plain(what.said.text) + again + lost
        return f"{names[what.source]}{arrow}{names[what.target]}: {clock}, {text}"
    loud = " ❌" if what.kind == BREAKS else ""
    return f"Note over {names[what.lane]}: {clock}, {_plain(what.text)}{loud}"


def _plain(text: str) -> str:
    """Without what Mermaid reads as the end of a statement or as an entity."""
    return text.replace(";", ",").replace("#", "no. ")
