"""Everything over one WebSocket: as the tutorial has it, and as it is built to last."""

from models.designs.full_websocket import (
    FULL_WEBSOCKET,
    FULL_WEBSOCKET_ACKED,
    FULL_WEBSOCKET_COUNTER,
)
from models.options import Store
from models.protocols.backoff import BACKOFFS

ACTIONS = ("list", "send", "receive", "typing", "seen")


def test_all_five_actions_are_on_the_websocket():
    for design in (FULL_WEBSOCKET, FULL_WEBSOCKET_ACKED):
        assert {getattr(design, action) for action in ACTIONS} == {"websocket"}


def test_the_plain_one_keeps_nothing_and_repeats_nothing():
    plain = FULL_WEBSOCKET
    assert (plain.options.websocket.acks, plain.options.store) == (False, Store())
    assert plain.options.recovery.kind == "none"
    assert plain.claims == ("at-most-once", "fifo")


def test_the_other_adds_ids_a_store_and_a_cursor():
    acked = FULL_WEBSOCKET_ACKED
    assert acked.options.websocket.acks
    assert acked.options.store.stored
    assert acked.options.store.idempotent
    assert acked.options.recovery.kind == "cursor"
    assert acked.claims == ("exactly-once", "no-loss-after-ok", "fifo")


def test_the_anti_pattern_looks_as_safe_and_promises_nothing():
    wrong = FULL_WEBSOCKET_COUNTER
    as_it_should_be = {"dedup": "id", "claims": FULL_WEBSOCKET_ACKED.claims}
    as_it_should_be |= {"assumptions": (), "sources": FULL_WEBSOCKET_ACKED.sources}
    as_it_should_be |= {"summary": FULL_WEBSOCKET_ACKED.summary}
    assert wrong.variant(FULL_WEBSOCKET_ACKED.name, as_it_should_be) == FULL_WEBSOCKET_ACKED
    assert wrong.options.websocket.dedup == "counter"
    assert wrong.claims == ()


def test_both_have_the_timers_of_the_websockets_library():
    for design in (FULL_WEBSOCKET, FULL_WEBSOCKET_ACKED):
        assert design.options.backoff.policy == BACKOFFS["websockets"]
        assert (
            design.options.connection.connect_timeout_s == 10.0
        )  # PyPI websockets 17.4, connect(open_timeout=10)
