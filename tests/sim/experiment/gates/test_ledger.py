"""What counts after a look; what the last replication violates is violated."""

from sim.experiment.gates.ledger import Ledger
from sim.experiment.statistics import interval
from sim.guarantees import Verdict
from sim.metrics import METRICS
from sim.scenario.gates import Gate
from tests.sim.experiment.gates import made
from tests.sim.experiment.gates.made import measure

FIFO, TOTAL = Gate(guarantee="fifo"), Gate(guarantee="total-order", designs=("a",))


def rows(count, verdict):
    return [measure(n, verdicts={"fifo": verdict}) for n in range(count)]


def test_it_goes_on_while_anything_is_open():
    ledger = Ledger([FIFO], ["a", "b"], (2, 4, 8))
    few, many = Verdict(50), Verdict(500)
    assert ledger.look({"a": rows(2, many), "b": rows(2, few)}) == 4
    assert ledger.look({"a": rows(4, many), "b": rows(4, few)}) == 8
    assert ledger.look({"a": rows(8, many), "b": rows(8, few)}) == 8
    assert {design: one.state for (_, design), one in ledger.decisions.items()} == {
        "a": "pass",
        "b": "pass",
    }


def test_it_stops_when_all_is_decided_or_cannot_be():
    assert Ledger([FIFO], ["a"], (2, 4)).look({"a": rows(2, Verdict(500))}) == 2
    assert Ledger([FIFO], ["a"], (2, 4)).look({"a": rows(2, made.violated())}) == 2
    stuck = Verdict(500, undecided=1, reason="stuck")
    assert Ledger([FIFO], ["a"], (2, 4)).look({"a": rows(2, stuck)}) == 2


OPEN = Gate(guarantee="isolation", evidence=10**9)


def test_a_guarantee_is_violated_by_the_last_replication_alone():
    ledger = Ledger([FIFO, OPEN], ["a"], (2, 4))
    ledger.look({"a": rows(2, Verdict(500))})
    assert ledger.decisions[0, "a"].state == "pass"
    late = [*rows(3, Verdict(500)), measure(3, verdicts={"fifo": made.violated()})]
    ledger.look({"a": late})
    found = ledger.decisions[0, "a"]
    assert (found.state, found.replication) == ("fail", 3)
    assert found.found == "1 of 2,500 neighbouring messages violate it, in 1 of 4 replications"
    assert ledger.decisions[1, "a"].found.startswith("none violated in 4,000")


def test_a_guarantee_that_is_in_doubt_at_the_end_is_unknown():
    ledger = Ledger([FIFO, OPEN], ["a"], (2, 4))
    ledger.look({"a": rows(2, Verdict(500))})
    ledger.look({"a": rows(4, Verdict(500, undecided=1, reason="stuck"))})
    assert ledger.decisions[0, "a"].state == "unknown"


METRIC = next(one for one in METRICS if one.name == "latency_p99")
TIMELY = Gate(metric="latency_p99", below_s=1.0)


def after_looks(*values):
    """The decision about `TIMELY` after looks at 4 replications, then at all of these."""
    ledger = Ledger([TIMELY, OPEN], ["a"], (4, 8))
    for count in (4, 8):
        ledger.look({"a": [measure(n, latency_p99=one) for n, one in enumerate(values[:count])]})
    return ledger.decisions[0, "a"]


QUICK = (0.5, 0.6, 0.55, 0.52)


def test_a_metric_once_decided_is_not_undecided_by_more_of_the_same():
    found = after_looks(*QUICK, 0.6, 3.0, 0.5, 0.6)
    assert found.state == "pass"
    assert found.found.endswith("; after 4 replications")


def test_a_metric_is_decided_anew_where_more_replications_say_otherwise():
    assert after_looks(*QUICK, 0.5, 0.5, 0.5, "never").state == "fail"
    slow = after_looks(*(1.5, 1.6, 1.55, 1.52), *(0.4,) * 4)
    assert slow.state == "fail"
    assert slow.found.endswith("; after 4 replications")


def test_a_look_may_err_less_than_a_check_that_looks_once():
    values = [measure(n, latency_p99=v) for n, v in enumerate((0.5, 0.9, 0.7, 0.6))]
    once = interval(METRIC, [one["metrics"]["latency_p99"] for one in values], 0.9)
    assert once.high < TIMELY.limit
    ledger = Ledger([TIMELY], ["a"], (4,))
    ledger.look({"a": values})
    assert ledger.decisions[0, "a"].state == "unknown"


def test_places_are_those_that_a_promise_binds():
    assert list(Ledger([FIFO, TOTAL], ["a", "b"], (1,)).places()) == [(0, "a"), (0, "b"), (1, "a")]


def test_a_curve_is_drawn_once_from_all_replications():
    ledger = Ledger([FIFO, TIMELY], ["a"], (4, 8))
    found = [measure(n, latency_p99=one) for n, one in enumerate(QUICK)]
    ledger.look({"a": found})
    assert ledger.curve((0, "a")).limit == "0.997 % of neighbouring messages"
    assert ledger.curve((1, "a")) is ledger.curve((1, "a"))
    assert ledger.curve((1, "a")).budget == 8
