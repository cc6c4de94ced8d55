"""A person's HTTP connections: opened on demand, kept alive, reused, and given up with care."""

from math import inf

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.connections.asking import Ask
from models.connections.http_pool import HttpConnections, WebServer

SIZE_BYTES = 500


class Office:
    """A pool with an asker that notes what it hears, and a server that answers after `busy_s`."""

    def __init__(self, busy_s=0.0, design="hybrid", keep_alive_s=inf, joins=False, **changes):
        self.stage = Stage(design, joins=joins, **changes)
        self.busy_s = busy_s
        self.answers, self.broken_ones, self.served = [], [], []
        endpoint = self.stage.channel("http").endpoint
        self.pool = HttpConnections(endpoint, 0, self, WebServer(self.serve, keep_alive_s))

    def serve(self, end, ask):
        engine = self.stage.world.engine
        self.served.append((ask.request, engine.now_s))
        engine.at(engine.now_s + self.busy_s, end.reply, ask.request, SIZE_BYTES, ask.body)

    def answered(self, request, body):
        self.answers.append((request, body, self.stage.world.engine.now_s))

    def broken(self, request):
        self.broken_ones.append((request, self.stage.world.engine.now_s))

    def ask(self, at_s, request):
        self.stage.at(at_s, self.pool.ask, request, SIZE_BYTES, f"body {request}")

    @property
    def open(self):
        return len(self.stage.world.apis[0].connections)


def test_the_first_request_pays_for_the_connection_and_the_next_does_not():
    office = Office()
    office.ask(1.0, "a")
    office.ask(5.0, "b")
    office.stage.run(10.0)
    cold_s, warm_s = 4 * ONE_WAY_S, 2 * ONE_WAY_S
    assert office.answers == [
        ("a", "body a", pytest.approx(1.0 + cold_s)),
        ("b", "body b", pytest.approx(5.0 + warm_s)),
    ]
    assert len(office.stage.attempts(0)) == 1
    assert office.open == 1


def test_six_at_a_time_and_the_rest_wait_for_one_to_be_free():
    office = Office(busy_s=1.0)
    for request in range(8):
        office.ask(1.0, request)
    office.stage.run(10.0)
    served_s = [at_s for _, at_s in office.served]
    assert served_s[:6] == [pytest.approx(1.0 + 3 * ONE_WAY_S)] * 6
    assert served_s[6:] == [pytest.approx(2.0 + 5 * ONE_WAY_S)] * 2
    assert [request for request, *_ in office.answers] == list(range(8))
    assert office.open == 6


def test_an_idle_connection_is_closed_after_five_minutes():
    office = Office()
    office.ask(1.0, "a")
    office.stage.run(301.0)
    assert office.open == 1
    office.stage.run(302.0)
    assert office.open == 0
    assert office.broken_ones == []


def test_a_server_closes_what_was_idle_for_too_long():
    office = Office(busy_s=9.0, keep_alive_s=5.0)
    office.ask(1.0, "busy is not idle")
    office.ask(12.0, "in time")
    office.stage.run(25.9)
    assert office.open == 1
    office.stage.run(26.5)
    assert (office.open, len(office.answers), office.broken_ones) == (0, 2, [])


def test_the_time_for_which_a_server_waits_begins_with_its_latest_answer():
    office = Office(keep_alive_s=5.0)
    for at_s in (1.0, 4.0, 7.0):
        office.ask(at_s, at_s)
    last_s = 7.0 + ONE_WAY_S
    office.stage.run(last_s + 5.0 - 0.01)
    assert office.open == 1
    office.stage.run(last_s + 5.0 + 0.01)
    assert (office.open, office.broken_ones) == (0, [])


def test_a_request_that_crosses_the_servers_close_is_broken():
    office = Office(design=DESIGNS["hybrid"].variant("mine", {"pool": "node"}), keep_alive_s=5.0)
    office.ask(1.0, "a")
    close_s = 1.0 + 3 * ONE_WAY_S + 5.0
    office.ask(close_s + ONE_WAY_S / 2, "b")
    office.stage.run(20.0)
    assert [request for request, _ in office.broken_ones] == ["b"]
    assert [request for request, _ in office.served] == ["a"]


def test_a_request_nobody_waits_for_any_more_still_goes_out():
    office = Office(faults=[{"kind": "link-outage", "person": 0, "start_s": 4.0, "end_s": 6.0}])
    office.ask(1.0, "a")
    office.ask(5.0, "b")
    office.stage.at(5.5, office.pool.cancel, "b")
    office.stage.run(20.0)
    assert [request for request, _ in office.served] == ["a", "b"]  # closing is not aborting
    assert [request for request, *_ in office.answers] == ["a"]
    assert office.broken_ones == []
    assert office.open == 0


def test_a_request_that_waits_for_a_connection_can_be_taken_back():
    office = Office()
    office.ask(1.0, "a")
    office.stage.at(1.05, office.pool.cancel, "a")
    office.stage.run(10.0)
    assert office.served == office.answers == office.broken_ones == []


def test_a_reset_breaks_what_is_under_way():
    office = Office(busy_s=5.0)
    office.ask(1.0, "a")
    office.stage.at(3.0, office.pool.reset)
    office.stage.run(10.0)
    assert office.broken_ones == [("a", pytest.approx(3.0 + ONE_WAY_S))]
    assert office.answers == []
    assert office.open == 0


def test_a_new_address_breaks_it_at_once_and_the_server_is_not_told():
    office = Office(busy_s=5.0)
    office.ask(1.0, "a")
    office.stage.at(3.0, office.pool.move)
    office.stage.run(4.0)
    assert office.broken_ones == [("a", 3.0)]
    assert office.open == 1
    office.stage.run(10.0)
    assert office.answers == []


def test_a_crash_breaks_it_and_the_next_request_is_refused():
    crash = {"kind": "node-crash", "node": 2, "at_s": 3.0, "restart_s": 5.0}
    office = Office(busy_s=5.0, faults=[crash])
    office.ask(1.0, "a")
    office.ask(4.0, "b")
    office.stage.run(7.0)
    assert office.broken_ones == [
        ("a", pytest.approx(3.0 + ONE_WAY_S)),
        ("b", pytest.approx(4.0 + 2 * ONE_WAY_S)),
    ]
    assert office.stage.attempts(0)[-1][2] == "refused"


def test_a_lost_host_says_nothing():
    lost = {"kind": "host-loss", "node": 2, "at_s": 3.0, "back_s": 50.0}
    office = Office(busy_s=5.0, faults=[lost])
    office.ask(1.0, "a")
    office.stage.run(100.0)
    assert office.answers == office.broken_ones == []


def test_a_draining_node_lets_its_connections_go():
    office = Office()
    office.ask(1.0, "a")
    office.stage.at(3.0, office.stage.world.apis[0].drain, 0.0)
    office.stage.run(5.0)
    assert office.open == 0
    assert office.broken_ones == []


def test_an_answer_to_a_request_that_was_cancelled_is_not_heard():
    office = Office(busy_s=1.0)
    office.ask(1.0, "a")
    office.stage.at(2.16, office.pool.cancel, "a")  # the answer is on its way
    office.stage.run(10.0)
    assert office.served
    assert office.answers == []


def crash(at_s, back_s=0.5):
    return {"kind": "node-crash", "node": 2, "at_s": at_s, "restart_s": back_s}


def test_aiohttp_sends_a_get_again_at_once_when_its_connection_breaks():
    design = DESIGNS["hybrid"].variant("plain", {"pool": "aiohttp"})
    for reads, expected in ((True, 1), (False, 0)):
        office = Office(busy_s=2.0, design=design, faults=[crash(3.0, 0.01)])
        stage = office.stage
        stage.at(1.0, office.pool.ask, "a", SIZE_BYTES, "body", reads)
        stage.run(10.0)
        assert len(office.answers) == expected
        assert len(office.broken_ones) == 1 - expected


def test_a_get_is_sent_again_only_once():
    design = DESIGNS["hybrid"].variant("plain", {"pool": "aiohttp"})
    office = Office(busy_s=2.0, design=design, faults=[crash(3.0)])
    office.stage.at(1.0, office.pool.ask, "a", SIZE_BYTES, "body", True)
    office.stage.run(10.0)
    ((_, broken_s),) = office.broken_ones
    assert broken_s == pytest.approx(3.0 + 3 * ONE_WAY_S, abs=5e-3)  # reset, then refused


def test_a_dial_that_nobody_waits_for_is_called_off():
    down = {"kind": "link-outage", "person": 0, "start_s": 0.5, "end_s": 3.0}
    plain = DESIGNS["hybrid"].variant("plain", {"pool": "aiohttp"})
    for design, left_open in ((plain, 0), ("hybrid", 1)):  # a browser's dial serves whoever comes
        office = Office(design=design, faults=[down])
        office.ask(1.0, "a")
        office.stage.at(2.0, office.pool.cancel, "a")
        office.stage.run(20.0)
        assert office.answers == office.broken_ones == office.served == []
        assert office.open == left_open


def test_a_client_needs_time_to_hear_a_response():
    heard_s = []
    for pool in ("browser", "node"):
        office = Office(design=DESIGNS["hybrid"].variant("mine", {"pool": pool}))
        office.ask(1.0, "a")
        office.stage.run(10.0)
        heard_s.append(office.answers[0][2])
    assert heard_s[1] - heard_s[0] == pytest.approx(351e-6 + 1475e-6)


def test_a_client_needs_time_to_make_a_request():
    design = DESIGNS["hybrid"].variant("plain", {"pool": "aiohttp"})
    served_s = []
    for one in (design, "hybrid"):
        office = Office(design=one)
        office.ask(1.0, "a")
        office.stage.run(10.0)
        served_s.append(office.served[0][1])
    assert served_s[0] - served_s[1] == pytest.approx(260e-6)


def test_a_request_under_way_is_answered_before_a_draining_node_closes():
    office = Office(busy_s=5.0)
    office.ask(1.0, "a")
    office.stage.at(2.0, office.stage.world.apis[0].drain, 0.0)
    office.stage.run(6.0)
    assert office.open == 1
    office.stage.run(10.0)
    assert [request for request, *_ in office.answers] == ["a"]
    assert (office.open, office.broken_ones) == (0, [])


def test_a_lone_request_is_on_the_only_connection():
    office = Office(busy_s=5.0)
    office.ask(1.0, "a")
    office.ask(4.0, "b")
    office.stage.run(1.0 + ONE_WAY_S)
    assert office.pool.lone("a") is None  # still being opened
    office.stage.run(3.0)
    assert office.pool.lone("a") is not None
    assert office.pool.lone("b") is None
    office.stage.run(4.5)
    assert office.pool.lone("a") is None


def test_what_rows_have_asked_meanwhile_is_the_pools_request():
    office = Office(busy_s=5.0)
    office.ask(1.0, "a")
    office.stage.run(3.0)
    connection = office.pool.lone("a")
    assert not office.pool.resends("a")  # its connection has not brought a response
    office.pool.carried(SIZE_BYTES, Ask("k", "body k"))
    assert office.pool.lone("k") is connection
    assert office.pool.resends("k")


def test_a_pool_that_closes_idle_connections_says_when_it_looks_next():
    office = Office(busy_s=1.0)
    assert office.pool.looks_s == -inf  # the first response makes a timer
    office.ask(1.0, "a")
    office.stage.run(3.0)
    assert 3.0 < office.pool.looks_s < inf


def test_a_timer_that_rows_have_set_is_the_pools_unless_it_has_that_or_it_has_come():
    office = Office()
    office.ask(1.0, "a")
    office.stage.run(400.0)  # its own timer has closed the connection
    assert office.open == 0
    office.ask(401.0, "b")
    office.stage.run(402.0)
    own_s = office.pool.looks_s
    office.pool.looks_again(own_s, 1)  # is there already
    office.pool.looks_again(401.5, 1)  # has come already
    assert office.pool.looks_s == own_s
    office.pool.looks_again(500.0, 1)
    assert office.pool.looks_s == 500.0
