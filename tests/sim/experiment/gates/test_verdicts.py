"""Every guarantee is judged, with its own bound and with those that are asked for."""

from sim.experiment.gates.verdicts import verdicts
from sim.guarantees import GUARANTEES
from sim.scenario.gates import Gate
from tests.sim.metrics.histories import arrival, history, message


def test_a_measure_gets_every_verdict_and_those_with_bounds_of_their_own():
    of = history(
        messages=[message(12.0, accepted_s=12.0)],
        deliveries=[arrival(0, 1, 14.0), arrival(0, 2, 12.5)],
    )
    gates = [
        Gate(guarantee="bounded-staleness", within_s=1),
        Gate(guarantee="bounded-recovery", within_s=60),
        Gate(metric="loss_told", below=1),
    ]
    found = verdicts(of, gates)
    assert list(found) == [*GUARANTEES, "bounded-staleness within 1 s"]
    assert found["bounded-staleness"]["state"] == "holds"
    assert found["bounded-staleness within 1 s"]["state"] == "violated"
