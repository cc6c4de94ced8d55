"""What a hunt says about what it found, and about what it did not find."""

from played import target

from sim.hunt.against import Compared, Worse
from sim.hunt.finding import finding
from sim.hunt.rounds import Found
from sim.hunt.schedule import USUAL, read
from sim.hunt.search import Searched, hunt, only
from sim.hunt.wording import FAULTS, broken, compared_words, unbroken


def test_every_class_of_faults_is_explained() -> None:
    assert tuple(FAULTS) == USUAL


def test_a_finding_says_what_breaks_and_how_small_it_is() -> None:
    wanted = target("full-websocket", "at-least-once", "link")
    searched = only(wanted, read("people=2 send=5:0 link=0@5+50"))
    assert searched.found is not None
    searched = Searched(1234, found=Found(*_parts(searched.found), shrinking=56))
    assert searched.found is not None
    head, size = broken(finding(wanted, searched.found), searched).splitlines()
    assert head == (
        "full-websocket breaks at-least-once: message 0 was owed to person 1; it was never shown."
    )
    assert size == (
        "The smallest schedule found has 2 people, 1 message, 1 fault "
        "(1,234 schedules tried, 56 more to make it small)."
    )
    lone = Searched(1, found=searched.found)
    assert "(1 schedule tried, 56 more to make it small)" in broken(
        finding(wanted, searched.found), lone
    )


def _parts(found: Found) -> tuple:
    return found.schedule, found.verdict, found.first


def test_without_a_finding_it_says_how_much_was_searched_and_what_that_means() -> None:
    wanted = target("full-websocket-acked", "fifo", "link,reset")
    text = unbroken(wanted, Searched(1000, 700, 2100, "nobody was there"))
    assert "Nothing found that makes full-websocket-acked break fifo." in text
    assert (
        "Tried: 1,000 schedules of 2 to 4 people, 1 to 4 messages and up to 3 faults "
        "(link, reset)." in text
    )
    assert "It held in 700, over 2,100 neighbouring messages; 300 said nothing" in text
    assert "This means: " in text
    assert "It does not mean that there is none" in text


def test_a_guarantee_that_was_never_tested_has_not_held() -> None:
    wanted = target("full-websocket", "no-loss-after-ok", "link")
    text = unbroken(wanted, hunt(wanted, 20, workers=1))
    assert text == (
        "full-websocket was never put to the test of no-loss-after-ok in 20 schedules: "
        "no sender of a message owed to anybody was ever told OK."
    )


def test_what_never_arrives_is_not_nothing_found() -> None:
    wanted = target("socketio-polling", "at-most-once", "host")
    searched = only(wanted, read("people=2 send=5:1 host=1@5.0252+1"))
    assert searched.found is not None
    text = broken(finding(wanted, searched.found), searched)
    assert text.startswith("socketio-polling breaks eventual-delivery: message 0 was still on its")
    assert "Nothing found that breaks at-most-once itself" in text
    assert "in 1 something never arrived though everything had healed" in text


def test_what_was_left_undecided_is_said() -> None:
    wanted = target("hybrid", "exactly-once", "link")
    searched = Searched(10, 6, 20, "nobody was there", undecided=3, doubt="were still under way")
    text = unbroken(wanted, searched)
    assert "It held in 6, over 20 messages owed and shown; 3 schedules left it undecided: " in text
    assert "messages were still under way; 1 said nothing (nobody was there)." in text
    none_held = Searched(3, 0, 0, undecided=3, doubt="were still under way")
    assert "never put to the test" not in unbroken(wanted, none_held)


def test_two_versions_are_told_apart() -> None:
    small = read("people=2 send=5:0")
    both = Compared(1200, {"fifo": 3}, (Worse("at-most-once", 1, small),), ())
    assert compared_words("new", "old", both) == [
        "new and old under the same 1,200 schedules:",
        "worse in new: at-most-once, broken in 1 schedule in which old keeps it; the smallest:",
        "  people=2 send=5:0",
        "worse in old: nothing found.",
        "broken in both under the same schedule: fifo in 3.",
    ]


def test_what_is_late_may_only_not_be_lost() -> None:
    late = Worse("bounded-staleness", 4, read("people=2 send=5:0"))
    for found in (Compared(9, {}, (late,), ()), Compared(9, {}, (), (late,))):
        last = compared_words("new", "old", found)[-1]
        assert last.startswith("A run ends when nothing is under way any more")
        assert last.endswith("look at at-least-once, too.")
