"""Where a message spent its time: spans without gaps, each with its cause."""

import itertools

import pytest
from played import played
from small import scenario

from models import DESIGNS as SHIPPED
from sim.experiment.run import run_replication
from sim.sequence.delays import Span, delays
from sim.sequence.story import Record
from sim.tape import Tape

DESIGNS = ["full-websocket-acked", "hybrid-cursor", "long-poll", "mqtt-qos1", "socketio"]
CALM = "people=2 send=5:0"


def spans(design: str, schedule: str, message: int = 0, reader: int = 1) -> list[Span]:
    return delays(played(design, schedule).record, message, reader)


def lasted_ms(found: list[Span], cause: str) -> float:
    return round(1e3 * sum(span.lasted_s for span in found if span.cause == cause), 3)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(
    "schedule",
    [
        CALM,
        "people=2 send=5:0 link=1@4.9+30",
        "people=2 send=5:0 link=0@4.9+10",
        "people=2 send=5:0 pause=0@4.9+3 pause=1@4.9+4 pause=2@4.9+5",
    ],
)
def test_spans_have_no_gaps_and_add_up(design: str, schedule: str) -> None:
    run = played(design, schedule)
    found = delays(run.record, 0, 1)
    rows = run.history.tables["deliveries"]
    shown_s = rows["time_s"][(rows["message"] == 0) & (rows["person"] == 1)].min()
    assert found[0].start_s == pytest.approx(5.0, abs=1e-5)
    assert found[-1].end_s == pytest.approx(shown_s, abs=1e-5)
    for one, other in itertools.pairwise(found):
        assert other.start_s == pytest.approx(one.end_s, abs=1e-5)


def test_a_calm_day_is_network_work_store_and_backplane() -> None:
    found = spans("full-websocket-acked", CALM)
    assert [(span.where, span.cause) for span in found] == [
        ("person 0 to gateway 0", "network"),
        ("gateway 0", "work and queue"),
        ("gateway 0", "writing to the store"),
        ("backplane", "backplane"),
        ("gateway 1", "work and queue"),
        ("gateway 1 to person 1", "network"),
    ]
    assert lasted_ms(found, "network") == 50.0
    assert lasted_ms(found, "writing to the store") == 5.0
    assert lasted_ms(found, "backplane") == 0.507  # 7 us of its process, then the way


@pytest.mark.parametrize(("seed", "proxy"), [(7, "proxy"), (1, "proxy 1")])
def test_a_request_through_a_proxy_waits_there_and_at_its_node(seed: int, proxy: str) -> None:
    """The first node stands still; after a second the proxy asks the other one."""
    box = {"preset": "nginx", "retries": "always", "answer_timeout_s": 1.0, "count": 2}
    world = scenario(
        designs=["hybrid"],
        seed=seed,
        people={"count": 2},
        conversations={"sizes": {"kind": "fixed", "size": 2}},
        servers={"gateways": 1, "api_nodes": 2},
        script={"rooms": [[0, 1]], "sends": [{"at_s": 10.0, "sender": 0}]},
        path=[box],
        faults=[{"kind": "node-pause", "node": 1, "at_s": 9.0, "for_s": 30.0}],
    )
    tape = Tape()
    history = run_replication(world, SHIPPED["hybrid"], 0, tape=tape)
    found = delays(Record(history, tape, world.faults), 0, 1)
    took_s = {span.where: span.end_s - span.start_s for span in found if span.cause != "connecting"}
    assert took_s[f"{proxy} and api 2"] == pytest.approx(1.0, abs=0.01)
    assert took_s[f"person 0 to {proxy}"] > 0.0


def test_a_first_request_pays_for_its_connection() -> None:
    assert lasted_ms(spans("hybrid-cursor", CALM), "connecting") == 50.0


def test_a_dead_link_makes_tcp_wait_longer_than_the_link() -> None:
    found = spans("mqtt-qos1", "people=2 send=5:0 link=1@4.9+30")
    assert lasted_ms(found, "lost, waiting for TCP to send it again, link down") == pytest.approx(
        29_874.4, abs=0.1
    )
    assert lasted_ms(found, "lost, waiting for TCP to send it again") == 2732.0


def test_a_reader_whose_poll_is_dead_waits_until_somebody_notices() -> None:
    found = spans("long-poll", "people=2 send=5:0 link=1@4.9+30")
    causes = [span.cause for span in found]
    for cause in (
        "connection dead, and nobody has noticed, link down",
        "backing off before the next try",
        "asking for what was missed",
    ):
        assert cause in causes


def test_a_writer_without_connection_backs_off() -> None:
    found = spans("full-websocket-acked", "people=2 send=5:0 reset=0@4.9 luck=1")
    assert lasted_ms(found, "backing off before the next try") > 1000.0
    assert {span.where for span in found if "backing" in span.cause} == {"person 0"}


def test_a_node_that_stands_still_keeps_messages_in_its_queue() -> None:
    found = spans("hybrid-cursor", "people=2 send=5:0 pause=2@4.9+5")
    (slow,) = [span for span in found if span.lasted_s > 1.0]
    assert (slow.where, slow.cause) == ("api 2", "work and queue")


def test_what_is_held_back_behind_a_loss_says_so() -> None:
    found = spans("mqtt-qos1", "people=2 send=5:0 send=9:0 link=0@5+5", message=1)
    assert any(span.cause.startswith("held back by TCP") for span in found)


def test_a_message_of_a_node_that_died_is_asked_for() -> None:
    found = spans("full-websocket-acked", "people=2 send=5:0 crash=0@5.0301+5")
    assert any(span.cause == "waiting for the reader to ask" for span in found)


def test_what_is_never_shown_spends_no_time() -> None:
    assert spans("full-websocket", "people=2 send=5:0 backplane=4+2") == []


def test_packet_by_packet_the_network_is_one_span() -> None:
    from models import DESIGNS as KNOWN
    from sim.experiment.run import run_replication
    from sim.hunt.schedule import read
    from sim.hunt.stage import stage
    from sim.scenario.load import change
    from sim.sequence.story import Record
    from sim.tape import Tape

    world = stage("hybrid-cursor", KNOWN, None, [change("transport.lane=exact")])
    scenario = read(CALM).scenario(world)
    tape = Tape()
    history = run_replication(scenario, KNOWN["hybrid-cursor"], 0, tape=tape)
    found = delays(Record(history, tape), 0, 1)
    assert "network, and what TCP had to send again" in {span.cause for span in found}
