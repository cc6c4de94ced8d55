"""A story in plain English, one line per step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sim.sequence.hops import BACKPLANE, Hop
from sim.sequence.notes import BREAKS, Note
from sim.sequence.story import Story, when_s

_Line: TypeAlias = tuple[float, bool, str]


def words(story: Story) -> list[str]:
    """Lines such as "5.000 s  person 0 sends message 0", in order of time."""
    lines = sorted(_lines(story), key=lambda line: (round(line[0], 6), line[1]))
    width = len(f"{lines[-1][0]:.3f}")
    return [f"{time_s:{width}.3f} s  {text}" for time_s, _, text in lines]


def _lines(story: Story) -> Iterator[_Line]:
    """When, whether it is what breaks the guarantee, and what."""
    last_s = max(when_s(step) for step in story.steps)
    for bar in story.bars:
        yield bar.start_s, False, bar.begins.sentence.format(bar.lane)
    for step in story.steps:
        if isinstance(step, Note):
            yield step.time_s, step.kind == BREAKS, f"{step.lane} {step.text}"
        elif line := _hop(step):
            yield step.left_s, False, line
    for bar in story.bars:
        if bar.ends and bar.end_s <= last_s:
            yield bar.end_s, False, bar.ends.sentence.format(bar.lane)


def _hop(hop: Hop) -> str:
    """What goes where, and what becomes of it; the way through the backplane is one line."""
    way = f"{hop.source} to {hop.target}: {hop.said.text}"
    if hop.target == BACKPLANE:
        return "" if hop.fate == "arrived" else f"{way}, lost"
    if hop.source == BACKPLANE:
        way = f"through the backplane to {hop.target}: {hop.said.text}"
    if hop.fate != "arrived":
        return f"{way}, lost"
    if hop.resent:
        way = f"{way}, lost, sent again by TCP at {hop.again_s:.3f} s"
    return f"{way}, arrives at {hop.over_s:.3f} s"
