"""How much a workload is, before any of it is drawn."""

from sim.workload.people import OnOffSpec
from sim.workload.spec import WorkloadSpec


def expected_actions(spec: WorkloadSpec, for_s: float) -> float:
    """How many actions drawn people are to be expected to do in so many seconds.

    Sessions that begin are among them: each fetches a list.
    """
    actions, sessions = spec.actions, spec.people.sessions
    sends = actions.send.per_person_per_minute * (1.0 + actions.typing.per_send)
    others = actions.seen.per_person_per_minute + actions.list.per_person_per_minute
    each_s, share = 0.0, 1.0
    if isinstance(sessions, OnOffSpec):
        each_s = 1.0 / (sessions.on_mean_s + sessions.off_mean_s)
        share = sessions.on_mean_s * each_s
    return spec.people.count * for_s * (each_s + share * (sends + others) / 60.0)
