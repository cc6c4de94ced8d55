"""What is drawn before the run: link and backplane outages as timelines, and who is hit.

The transport computes through timelines, so they must be known beforehand. Who is hit is drawn
from the fault's own substream: the same people in every design.
"""

from collections.abc import Sequence

from sim.faults.spec import BackplaneOutage, Fault, LinkOutage, SharedOutage
from sim.network.outages import Outages
from sim.streams import Streams


def link_outages(faults: Sequence[Fault], streams: Streams, people: int) -> dict[int, Outages]:
    """Extra link outages by person, beyond those of the access network."""
    intervals: dict[int, list[tuple[float, float]]] = {}
    for index, fault in enumerate(faults):
        if isinstance(fault, LinkOutage):
            hit = [fault.person] if fault.person < people else []
        elif isinstance(fault, SharedOutage):
            hit = drawn_people(fault.share, streams, index, people)
        else:
            continue
        for person in hit:
            intervals.setdefault(person, []).append((fault.start_s, fault.end_s))
    return {person: Outages(spans) for person, spans in sorted(intervals.items())}


def backplane_outages(faults: Sequence[Fault]) -> Outages:
    """When nodes cannot reach each other."""
    return Outages([(f.start_s, f.end_s) for f in faults if isinstance(f, BackplaneOutage)])


def drawn_people(share: float, streams: Streams, index: int, people: int) -> list[int]:
    """The people whom a fault of this share hits; `index` is its place among the faults."""
    order = streams.generator("fault-people", index).permutation(people)
    return sorted(int(person) for person in order[: round(share * people)])
