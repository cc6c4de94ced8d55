"""What is stored, what a page holds, and what a reader's log still has."""

from stage import Stage

from models.servers.store import PAGE
from sim.history import LIST, NOTHING, SEND, TYPING


def test_typing_is_not_written():
    stage = Stage("hybrid", [(2.0, 0)], kinds=[TYPING], store={"write_s": 5.0}).run(3.0)
    assert stage.shown(1) == stage.shown(2) == [0]
    assert not stage.system.service.store.stored.any()


def test_a_log_outlives_the_backplane():
    down = [{"kind": "backplane-outage", "start_s": 1.0, "end_s": 3.0}]
    stage = Stage("full-websocket-acked", [(2.0, 0)], faults=down).run(10.0)
    assert stage.shown(1) == []
    assert stage.held() == {(0, 1)}
    assert stage.run(25.0).shown(1) == [0]  # found at the server's next ping, 20 s after opening
    assert stage.drops() == []


def test_the_answer_to_a_list_says_which_own_messages_it_held():
    sends = [(2.0, 0), (3.0, 1), (4.0, 0), (5.0, 0)]
    stage = Stage("hybrid", sends, kinds=[SEND, SEND, SEND, LIST]).run(8.0)
    assert stage.world.ledger.rows("listed") == [(3, 0), (3, 2)]


def test_a_page_reaches_back_to_its_oldest_message():
    sends = [(2.0 + 0.1 * place, place % 2) for place in range(PAGE + 1)]
    kinds = [*[SEND] * len(sends), LIST, LIST]
    stage = Stage("hybrid", [*sends, (20.0, 2), (21.0, 1)], kinds=kinds).run(25.0)
    first, *others = stage.world.ledger.rows("listed")
    assert first == (PAGE + 1, 1)
    assert others == [(PAGE + 2, own) for own in range(1, PAGE + 1, 2)]


def test_an_empty_page_holds_nothing_and_without_a_store_nothing_is_known():
    for design, listed in (("hybrid", [(0, NOTHING)]), ("mqtt-qos1", [])):
        stage = Stage(design, [(2.0, 0)], kinds=[LIST]).run(5.0)
        assert stage.world.ledger.rows("listed") == listed
