"""Measures written by hand: what a replication says, as a run would have stored it."""

from itertools import count

from sim.guarantees import GUARANTEES, Moment, Verdict, Witness
from sim.metrics import METRICS

_numbers = count()
WITNESS = Witness(7, 3, (), "message 7 broke it", "half-open", (Moment(12.5, "7 is lost"),))


def measure(replication=0, *, messages=1000, readers=4, verdicts=None, digest=None, **metrics):
    """One replication; metrics not given are None, verdicts not given hold with 1,000 facts.

    Unless it is given, the digest of what happened is as good as unique.
    """
    holds = dict.fromkeys(GUARANTEES, Verdict(1000))
    return {
        "replication": replication,
        "digest": f"{next(_numbers)}" if digest is None else digest,
        "metrics": {one.name: None for one in METRICS} | metrics,
        "conservation": {"messages": messages, "receptions_owed": messages * readers},
        "verdicts": {name: one.plain() for name, one in (holds | (verdicts or {})).items()},
    }


def violated(count=1):
    return Verdict(1000, count, witness=WITNESS)
