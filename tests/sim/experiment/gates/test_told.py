"""What a check stores beside a comparison, and that it is so by the stored replications."""

from sim.experiment.gates.ledger import Ledger
from sim.experiment.gates.told import Told, again, told
from sim.scenario.gates import Gate
from tests.sim.experiment.gates.made import measure

GATES = (Gate(guarantee="fifo"), Gate(metric="latency_p99", below_s=1.0))


def looked(*counts):
    measures = {
        "a": [measure(n, latency_p99=value) for n, value in enumerate((0.5, 0.6, 0.55, 0.52, 0.6))]
    }
    ledger = Ledger(GATES, ["a"], (4, 5, 8))
    for count in counts:
        ledger.look({"a": measures["a"][:count]})
    return ledger, measures


def test_every_promise_has_a_row_with_its_curve():
    ledger, measures = looked(4, 5)
    found = Told(ledger).part({}, measures)["gates"]
    assert found["looks"] == [4, 5, 8]
    kept, timely = found["rows"]
    assert (kept["title"], kept["state"]) == ("fifo", "pass")
    assert timely["curve"]["limit"] == "1.00 s"
    assert [one["times"] for one in timely["curve"]["points"]] == [1, 2, 10]


def test_it_is_computed_again_from_the_replications_look_by_look():
    ledger, measures = looked(4, 5)
    part = told(ledger)
    assert again(part["gates"], GATES, ["a"], measures) == part


def test_without_promises_nothing_is_told():
    assert told(Ledger((), ["a"], (4,))) == {}
