"""What a hunt says: what breaks a guarantee, or how much was searched and what that means."""

from __future__ import annotations

from typing import Final

from sim.faults import FORMS
from sim.guarantees import GUARANTEES
from sim.hunt.against import Compared
from sim.hunt.finding import Finding, in_figures
from sim.hunt.judging import STUCK, SearchTarget
from sim.hunt.schedule import USUAL
from sim.hunt.search import Searched

FAULTS: Final = {name: FORMS[name][1].words for name in USUAL}
"""Of the classes that a catalogue has."""


def broken(one: Finding, searched: Searched) -> str:
    """The verdict on what was found, in two lines."""
    found = one.found
    schedules = "schedule" if searched.schedules == 1 else "schedules"
    tried = f"{searched.schedules:,} {schedules} tried, {found.shrinking:,} more to make it small"
    lines = [
        f"{one.title}: {one.witness.what}.",
        f"The smallest schedule found has {in_figures(found.schedule)} ({tried}).",
    ]
    if found.broken:
        lines.append(
            f"Nothing found that breaks {one.target.guarantee} itself: what never arrives, though "
            f"everything has healed, is not lost by its rule. {_counts(one.target, searched)}"
        )
    elif searched.undecided:
        lines.append(f"{_undecided(searched)}.")
    return "\n".join([*lines, *_besides(one.target, searched, found.broken)])


def _besides(target: SearchTarget, searched: Searched, told: str = "") -> list[str]:
    """A line on what else was broken, what the design claims first; none where nothing was."""
    claims = target.design.claims
    apart = {target.guarantee, told, STUCK if target.safety else ""}  # told already
    names = [name for name in GUARANTEES if name in searched.seen and name not in apart]
    parts = [
        f"{name} in {searched.seen[name].schedules:,}{' (claimed)' * (name in claims)}"
        for name in sorted(names, key=lambda name: name not in claims)
    ]
    return [f"Broken besides, of all schedules: {', '.join(parts)}."] if parts else []


def _undecided(searched: Searched) -> str:
    """How many schedules left it open, and why."""
    count = searched.undecided
    noun = "schedule" if count == 1 else "schedules"
    return f"{count:,} {noun} left it undecided: messages {searched.doubt}"


def _counts(target: SearchTarget, searched: Searched) -> str:
    """In how many schedules it held, was left open, was not tested, and something got stuck."""
    facts = GUARANTEES[target.guarantee].facts
    parts = [f"It held in {searched.held:,}, over {searched.facts:,} {facts}"]
    if searched.undecided:
        parts.append(_undecided(searched))
    if searched.stuck:
        parts.append(f"in {searched.stuck:,} something never arrived though everything had healed")
    if searched.untested:
        parts.append(f"{searched.untested:,} said nothing ({searched.reason})")
    return "; ".join(parts) + "."


def unbroken(target: SearchTarget, searched: Searched) -> str:
    """What was searched without a finding, and what that does and does not mean."""
    name, promise = target.design.name, target.guarantee
    limits = target.limits
    if not searched.held and not searched.undecided:
        return (
            f"{name} was never put to the test of {promise} in {searched.schedules:,} schedules: "
            f"{searched.reason}."
        )
    faults = ", ".join(limits.classes) or "none"
    size = f"2 to {limits.people} people, 1 to {limits.messages} messages"
    tried = f"{searched.schedules:,} schedules of {size} and up to {limits.faults} faults"
    head = f"Nothing found that makes {name} break {promise}."
    counts = _counts(target, searched)
    besides = _besides(target, searched)
    return "\n".join((head, f"Tried: {tried} ({faults}).", counts, *besides, MEANING))


MEANING: Final = """\
This means: no race that so few people, messages and faults can make was found, with faults timed \
to 5 ms around each message, between any two of its steps, and between any two steps of what \
follows an earlier fault.
It does not mean that there is none: this is a search, not a proof, and no sample either, so no \
probability follows. Larger schedules, other faults and other software than was modelled were not \
tried."""


_LATE: Final = "bounded-staleness"
_LOST_AT_ONCE: Final = (
    f"A run ends when nothing is under way any more, so whoever loses a message at once may keep "
    f"{_LATE}, where whoever brings it late does not: look at at-least-once, too."
)


def compared_words(one: str, other: str, compared: Compared) -> list[str]:
    """What two versions break under the same schedules, line by line."""
    played = "schedule" if compared.schedules == 1 else f"{compared.schedules:,} schedules"
    lines = [f"{one} and {other} under the same {played}:"]
    for worse, better, found in ((one, other, compared.one), (other, one, compared.other)):
        for each in found:
            noun = "schedule" if each.schedules == 1 else "schedules"
            count = f"{each.schedules:,} {noun} in which {better} keeps it"
            lines.append(f"worse in {worse}: {each.guarantee}, broken in {count}; the smallest:")
            lines.append(f"  {each.smallest}")
        if not found:
            lines.append(f"worse in {worse}: nothing found.")
    if compared.both:
        counts = ", ".join(f"{name} in {count:,}" for name, count in compared.both.items())
        lines.append(f"broken in both under the same schedule: {counts}.")
    if any(each.guarantee == _LATE for each in (*compared.one, *compared.other)):
        lines.append(_LOST_AT_ONCE)
    return lines
