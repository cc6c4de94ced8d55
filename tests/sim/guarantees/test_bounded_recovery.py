"""Bounded recovery: how long somebody with a working link stays cut off."""

from sim.guarantees.bounded_recovery import GUARANTEE
from sim.history import History
from tests.sim.metrics.histories import NEVER, episode, history


def gaps(*episodes, **tables) -> History:
    return history(episodes=list(episodes), **tables)


def test_holds_when_everybody_is_back_in_time():
    of = gaps(
        episode(1, 20.0, 25.0, 26.0, 27.0),
        episode(2, 20.0, 55.0, 56.0, 57.0),
        outages=[(2, 19.0, 50.0)],
    )
    verdict = GUARANTEE.check(of, bound_s=7.0)
    assert verdict.state == "holds"
    assert verdict.checked == 2


def test_violated_by_a_slow_return():
    of = gaps(
        episode(1, 20.0, 25.0, 26.0, 27.5), episode(2, 21.0, 50.0, 56.0, 58.0, reason="heartbeat")
    )
    verdict = GUARANTEE.check(of, bound_s=10.0)
    assert verdict.state == "violated"
    assert (verdict.checked, verdict.violations) == (2, 1)
    witness = verdict.witness
    assert (witness.message, witness.person, witness.cause) == (-1, 2, "heartbeat")
    assert "37.000 s of working link" in witness.what
    assert [moment.time_s for moment in witness.timeline] == [21.0, 50.0, 56.0, 58.0]


def test_losing_the_new_connection_too_prolongs_the_gap():
    of = gaps(episode(1, 20.0, 22.0, 23.0), episode(1, 26.0, 27.0, 28.0, 33.0))
    assert GUARANTEE.check(of, bound_s=10.0).violations == 1
    apart = gaps(episode(1, 20.0, 22.0, 23.0, 24.0), episode(1, 26.0, 27.0, 28.0, 33.0))
    assert GUARANTEE.check(apart, bound_s=10.0).checked == 2


def test_gaps_of_others_and_of_other_channels_are_gaps_of_their_own():
    of = gaps(
        episode(0, 20.0, 22.0, 23.0),
        episode(1, 26.0, 27.0, 28.0, 33.0),
        episode(1, 35.0, 36.0, channel=1),
        episode(2, 36.0, 36.5, 37.0, 38.0, channel=1),
        sessions=[(0, 0.0, 25.0), (1, 0.0, 40.0), (2, 0.0, 100.0)],
    )
    verdict = GUARANTEE.check(of, bound_s=4.5)
    assert (verdict.checked, verdict.violations) == (4, 3)
    assert verdict.witness.person == 0


def test_a_gap_ends_with_the_session_it_began_in():
    spans = [(1, 0.0, 26.0), (1, 30.0, 100.0)]
    later = gaps(episode(1, 20.0, 22.0), episode(1, 31.0, 32.0, 33.0, 34.0), sessions=spans)
    assert GUARANTEE.check(later, bound_s=10.0).checked == 1
    same = gaps(episode(1, 20.0, 22.0), episode(1, 26.0, 32.0, 33.0, 34.0), sessions=[(1, 0, 90)])
    assert GUARANTEE.check(same, bound_s=10.0).violations == 1


def test_having_caught_up_at_the_very_end_is_having_caught_up():
    of = gaps(episode(1, 96.0, 97.0, 98.0, 100.0))
    verdict = GUARANTEE.check(of, bound_s=10.0)
    assert (verdict.state, verdict.checked) == ("holds", 1)


def test_the_witness_is_the_earliest_gap():
    of = gaps(episode(2, 50.0, 60.0, 61.0, 62.0), episode(1, 30.0, 60.0, 61.0, 62.0))
    assert GUARANTEE.check(of, bound_s=5.0).witness.person == 1


def test_never_coming_back_is_violated_as_soon_as_the_bound_has_passed():
    verdict = GUARANTEE.check(gaps(episode(1, 20.0, 25.0)), bound_s=10.0)
    assert verdict.state == "violated"
    assert "was still not back" in verdict.witness.what
    closed = gaps(episode(1, 20.0, 25.0), sessions=[(1, 0.0, 35.0)])
    assert GUARANTEE.check(closed, bound_s=10.0).violations == 1


def test_unknown_without_a_gap_that_tells():
    nothing = gaps()
    own_will = gaps(episode(1, 20.0, 20.0, reason="app closed"))
    cut_short = gaps(episode(1, 20.0, 22.0), sessions=[(1, 0.0, 25.0)])
    no_link = gaps(episode(1, 20.0, NEVER), outages=[(1, 20.0, 95.0)])
    for of in (nothing, own_will, cut_short, no_link):
        verdict = GUARANTEE.check(of, bound_s=10.0)
        assert verdict.state == "unknown"
        assert "kept the app open" in verdict.reason


def test_nobody_leaves_while_it_drains():
    of = gaps(episode(1, 85.0, 86.0, 97.0, 98.0), sessions=[(1, 0.0, 92.0)])
    assert GUARANTEE.check(of, bound_s=10.0).violations == 1
