"""Failed means absent: what the sender was told has failed, nobody is shown."""

from sim.guarantees.failed_means_absent import GUARANTEE
from sim.history import LIST, NOTHING, TYPING
from tests.sim.metrics.histories import arrival, history, message

TIMED_OUT = message(12.0, sent_s=12.0, failed_s=42.0)


def test_holds_when_nobody_saw_what_failed():
    rows = [arrival(0, 1, 12.5, visible=False), arrival(1, 1, 20.5)]
    of = history(messages=[TIMED_OUT, message(20.0, sent_s=20.0, told_s=21.0)], deliveries=rows)
    verdict = GUARANTEE.check(of)
    assert (verdict.state, verdict.checked) == ("holds", 1)


def test_violated_by_a_request_that_timed_out_and_was_done():
    of = history(messages=[TIMED_OUT], deliveries=[arrival(0, 1, 12.5), arrival(0, 2, 12.4)])
    verdict = GUARANTEE.check(of)
    assert (verdict.state, verdict.checked, verdict.violations) == ("violated", 1, 1)
    assert (verdict.witness.message, verdict.witness.person) == (0, 2)
    assert "person 0 was told at 42.000 s that message 0 failed" in verdict.witness.what


def test_violated_by_what_never_left_the_device():
    of = history(messages=[message(12.0, failed_s=12.0)], deliveries=[arrival(0, 1, 12.5)])
    assert "although it never left the device" in GUARANTEE.check(of).witness.what


def test_unknown_when_nobody_was_told_of_a_failure():
    told = message(12.0, sent_s=12.0, told_s=50.0, failed_s=42.0)  # and then that all is well
    verdict = GUARANTEE.check(history(messages=[told], deliveries=[arrival(0, 1, 12.5)]))
    assert verdict.state == "unknown"
    assert "no sender was told" in verdict.reason


def test_violated_by_what_a_list_showed_be_it_to_the_sender():
    for reader in (0, 1):
        asked = message(50.0, actor=reader, action=LIST)
        shown = {"messages": [TIMED_OUT, asked], "deliveries": [arrival(1, reader, 50.5)]}
        witness = GUARANTEE.check(history(**shown, listed=[(1, 0)])).witness
        assert (witness.message, witness.person, witness.others) == (0, reader, (1,))
        assert "was shown it at 50.500 s in the answer to request 1" in witness.what
        assert GUARANTEE.check(history(**shown, listed=[(1, NOTHING)])).state == "holds"
        never_came = shown | {"deliveries": []}
        assert GUARANTEE.check(history(**never_came, listed=[(1, 0)])).state == "holds"


def test_only_messages_are_evidence():
    failed = [message(12.0, action=action, failed_s=42.0) for action in (LIST, TYPING)]
    assert GUARANTEE.check(history(messages=failed)).state == "unknown"
