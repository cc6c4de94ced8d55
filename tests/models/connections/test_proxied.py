"""What a proxy does with a request: passes it on, tries again, or answers in the nodes' place."""

import pytest
from stage import ONE_WAY_S, Stage

from models.connections.http_pool import HttpConnections, WebServer
from models.connections.proxied import Unserved, fronted

SIZE_BYTES = 500
TRIP_S = 2 * ONE_WAY_S
PLAIN = {"layer": 7, "retries": "never"}  # a proxy that only passes on


def about(time_s):
    return pytest.approx(time_s, abs=1e-3)  # nodes that stood idle need a moment


class House:
    """A pool behind a proxy before two API nodes that answer after `busy_s`."""

    def __init__(self, busy_s=0.0, node=None, **changes):
        servers = {"gateways": 2, "api_nodes": 2, "cores": 1}
        self.stage = Stage("hybrid", joins=False, servers=servers, **changes)
        self.busy_s = busy_s
        self.answers, self.broken_ones, self.served, self.lost = [], [], [], []
        endpoint = self.stage.channel("http").endpoint
        home = None if node is None else self.stage.world.apis[node]
        web = fronted(endpoint, WebServer(self.serve, node=home, lost=self.lost.append))
        self.pool = HttpConnections(endpoint, 0, self, web)

    def serve(self, end, ask):
        self.served.append((ask.request, end.node.index))
        end.node.work(self.busy_s, lambda: end.reply(ask.request, SIZE_BYTES, f"{ask.body}, done"))

    def answered(self, request, body):
        what = body.status if type(body) is Unserved else body
        self.answers.append((request, what, self.stage.world.engine.now_s))

    def broken(self, request):
        self.broken_ones.append(request)

    def ask(self, at_s, request, reads=False):
        self.stage.at(at_s, self.pool.ask, request, SIZE_BYTES, request, reads)

    def run(self, until_s=200.0):
        self.stage.run(until_s)
        return [(request, what) for request, what, _ in self.answers]

    def took_s(self, place, asked_s):
        return self.answers[place][2] - asked_s


def box(**numbers):
    return {"path": [{"preset": "nginx", "request_s": 0, "accept_s": 0, **numbers}]}


def crash(node, at_s, back_s=100.0):
    return {"kind": "node-crash", "node": node, "at_s": at_s, "restart_s": back_s}


def loss(node, at_s, back_s=150.0):
    return {"kind": "host-loss", "node": node, "at_s": at_s, "back_s": back_s}


def test_each_request_goes_to_a_node_of_its_own_on_one_connection():
    house = House(**box())
    for at_s in range(1, 5):
        house.ask(float(at_s), at_s)
    assert house.run(10.0) == [(at_s, f"{at_s}, done") for at_s in range(1, 5)]
    assert [node for _, node in house.served] == [2, 3, 2, 3]
    assert len(house.stage.attempts(0)) == 1
    assert house.stage.attempts(0)[0][1] == -1  # a proxy is no node
    assert [len(node.connections) for node in house.stage.world.apis] == [0, 0]


def test_without_a_proxy_nothing_is_in_between():
    stage = Stage("hybrid")
    web = WebServer(lambda end, ask: None)
    assert fronted(stage.channel("http").endpoint, web) is web


def test_a_session_s_requests_go_to_its_own_node():
    house = House(node=1, **box())
    house.ask(1.0, "a")
    house.ask(2.0, "b")
    house.run(10.0)
    assert house.served == [("a", 3), ("b", 3)]


def test_nginx_goes_on_to_the_next_when_one_refuses():
    """nginx 1.22.1 with one of two servers down: every POST is answered 200."""
    house = House(**box(), faults=[crash(2, 0.5)])
    for at_s in (1.0, 2.0, 3.0):
        house.ask(at_s, at_s)
    assert house.run(20.0) == [(at_s, f"{at_s}, done") for at_s in (1.0, 2.0, 3.0)]
    assert {node for _, node in house.served} == {3}


def test_nginx_answers_502_at_once_when_all_refuse_and_tries_nobody_for_ten_seconds():
    """nginx 1.22.1 with both servers down: 502, within a millisecond."""
    house = House(**box(), faults=[crash(2, 0.5, 3.5), crash(3, 0.5, 3.5)])
    for at_s in (1.0, 2.0, 8.0, 12.0):
        house.ask(at_s, at_s)
    assert house.run(20.0) == [(1.0, 502), (2.0, 502), (8.0, 502), (12.0, "12.0, done")]
    assert house.took_s(1, 2.0) == pytest.approx(TRIP_S, abs=1e-3)


@pytest.mark.parametrize(
    ("retries", "reads", "answer", "served"),
    [
        ("unless-posted", True, "a, done", [2, 3]),  # nginx 1.22.1: a GET is executed twice,
        ("unless-posted", False, 502, [2]),  # a POST once
        ("connect", True, 502, [2]),
        ("always", False, "a, done", [2, 3]),  # proxy_next_upstream ... non_idempotent
        ("never", True, 502, [2]),
    ],
)
def test_when_a_node_dies_with_a_request_the_method_decides(retries, reads, answer, served):
    house = House(busy_s=2.0, **box(retries=retries), faults=[crash(2, 2.0)])
    house.ask(1.0, "a", reads)
    assert house.run(20.0) == [("a", answer)]
    assert [node for _, node in house.served] == served
    assert house.broken_ones == []


def test_haproxy_asks_the_same_server_again_each_second():
    """HAProxy 2.6.12 before a closed port: 503 after 3.02 s, four tries at one server."""
    path = [{"preset": "haproxy", "request_s": 0, "accept_s": 0}]
    house = House(path=path, faults=[crash(2, 0.5, 100.0)])
    house.ask(1.0, "a")
    house.ask(1.0, "b")
    assert sorted(house.run(20.0)) == [("a", 502), ("b", "b, done")]
    assert max(at_s for *_, at_s in house.answers) == pytest.approx(1.0 + 2 * TRIP_S + 3.0)


def test_a_restart_that_is_short_enough_is_hidden_by_haproxy():
    path = [{"preset": "haproxy", "request_s": 0, "accept_s": 0}]
    house = House(path=path, faults=[crash(2, 0.5, 2.0)])
    house.ask(1.0, "a")
    assert house.run(20.0) == [("a", "a, done")]
    assert house.took_s(0, 1.0) == about(2.0 + 2 * TRIP_S)


@pytest.mark.parametrize(("before", "ends"), [(False, [502]), (True, ["x, done"])])
def test_haproxy_closes_a_used_connection_so_that_a_browser_asks_again(before, ends):
    """The first request of a connection gets the 502; a later one its second execution."""
    path = [{"preset": "haproxy", "request_s": 0, "accept_s": 0}]
    house = House(busy_s=2.0, path=path, faults=[crash(2, 12.0 if before else 9.9)])
    asked_s = 11.0 if before else 9.0
    if before:
        house.ask(1.0, "warm")
        house.ask(5.0, "also")  # so that the next one's turn is at node 2
    house.ask(asked_s, "x")
    house.run(60.0)
    assert [what for request, what, _ in house.answers if request == "x"] == ends
    assert [node for request, node in house.served if request == "x"] == [2, 3][: 1 + before]


def test_a_lost_host_takes_the_time_of_a_connection_attempt():
    house = House(**box(connect_timeout_s=5, tries_max=1), faults=[loss(2, 0.5)])
    house.ask(1.0, "a")
    assert house.run(60.0) == [("a", 504)]
    assert house.took_s(0, 1.0) == pytest.approx(5.0 + 2 * TRIP_S)


def test_nginx_then_asks_the_next_and_leaves_the_lost_one_alone_for_a_while():
    house = House(**box(connect_timeout_s=5), faults=[loss(2, 0.5)])
    for at_s in (1.0, 8.0, 9.0):
        house.ask(at_s, at_s)
    assert house.run(60.0) == [(at_s, f"{at_s}, done") for at_s in (1.0, 8.0, 9.0)]
    assert house.took_s(0, 1.0) == about(5.0 + 2 * TRIP_S)
    assert [house.took_s(1, 8.0), house.took_s(2, 9.0)] == [about(TRIP_S)] * 2


@pytest.mark.parametrize(
    "fault", [loss(2, 2.0), {"kind": "node-pause", "node": 2, "at_s": 1.2, "for_s": 100.0}]
)
def test_a_silent_node_gets_a_504_after_the_time_for_answers(fault):
    house = House(busy_s=3.0, **box(answer_timeout_s=30), faults=[fault])
    house.ask(1.0, "a")
    assert house.run(190.0) == [("a", 504)]
    assert house.took_s(0, 1.0) == pytest.approx(30.0 + 2 * TRIP_S)


def test_an_answer_that_comes_too_late_is_lost():
    house = House(busy_s=40.0, **box(answer_timeout_s=30))
    house.ask(1.0, "a")
    assert house.run(190.0) == [("a", 504)]
    assert [reply.body for reply in house.lost] == ["a, done"]


def test_whoever_leaves_takes_the_proxy_along():
    house = House(busy_s=5.0, **box())
    house.ask(1.0, "a")
    house.stage.at(3.0, house.pool.cancel, "a")
    house.stage.run(4.0)
    assert [len(node.connections) for node in house.stage.world.apis] == [0, 0]
    assert house.run(60.0) == []
    assert list(house.stage.channel("http").endpoint.flying()) == []


def test_a_node_that_is_removed_may_finish_and_gets_nothing_new():
    house = House(busy_s=5.0, **box())
    house.ask(1.0, "a")
    house.stage.at(2.0, house.stage.world.apis[0].drain, 0.0)
    house.ask(10.0, "b")
    house.ask(20.0, "c")
    assert house.run(60.0) == [(one, f"{one}, done") for one in "abc"]
    assert [node for _, node in house.served] == [2, 3, 3]
    assert len(house.stage.attempts(0)) == 1  # its connection is the proxy's


def test_what_a_removed_node_does_not_finish_in_time_gets_a_502():
    """AWS ALB: the deregistration delay elapsed for a request."""
    house = House(busy_s=50.0, **box(removal_s=10))
    house.ask(1.0, "a")
    house.stage.at(2.0, house.stage.world.apis[0].drain, 0.0)
    assert house.run(60.0) == [("a", 502)]
    assert house.took_s(0, 2.0) == pytest.approx(10.0 + ONE_WAY_S)


def test_checks_tell_who_is_dead():
    """AWS ALB: two checks, 30 s apart, then five; when all are dead, any is asked."""
    path = [{"preset": "aws-alb"}]
    house = House(path=path, faults=[crash(2, 0.5, 99.5)])
    asked_s = [float(at_s) for at_s in range(2, 300, 10)]
    for at_s in asked_s:
        house.ask(at_s, at_s)
    answers = dict(house.run(299.0))
    failed_s = [at_s for at_s in asked_s if answers[at_s] == 502]
    assert failed_s == [at_s for at_s in failed_s if at_s < 0.5 + 60.0]
    assert len(failed_s) == 3
    again_s = 100.0 + 5 * 30.0
    late = [node for at_s, node in house.served if at_s > again_s]
    assert [node for at_s, node in house.served if 60.5 < at_s < again_s - 0.1] == [3] * 19
    assert set(late) == {2, 3}


def test_requests_wait_for_the_proxy_s_process():
    house = House(**box(request_s=0.5, cores=1))
    for request in range(4):
        house.ask(1.0, request)
    house.run(20.0)
    times_s = [at_s - 1.0 - 2 * TRIP_S for *_, at_s in house.answers]
    assert times_s == pytest.approx([0.5, 1.0, 1.5, 2.0], abs=1e-3)
    assert house.stage.world.behind["proxy"].peak_share(0.0, 10.0) == 1.0


@pytest.mark.parametrize("request_s", [1e-6, 0.5])
def test_a_proxy_that_dies_takes_its_requests_along(request_s):
    """In hand at a node, or still waiting for the proxy: broken, and nothing is left over."""
    dies = {"kind": "backend-crash", "backend": "proxy", "at_s": 1.5, "restart_s": 3.0}
    house = House(busy_s=2.0, **box(request_s=request_s), faults=[dies])
    house.ask(1.0, "a")
    house.ask(6.0, "b")
    assert house.run(20.0) == [("b", "b, done")]
    assert house.broken_ones == ["a"]
    assert [len(node.connections) for node in house.stage.world.apis] == [0, 0]


@pytest.mark.parametrize(("proxy", "answers"), [(0, 1), (1, 1), ("all", 0)])
def test_of_several_proxies_one_takes_its_own_requests_along(proxy, answers):
    """Two connections, which go to different proxies."""
    dies = {"kind": "backend-crash", "backend": "proxy", "at_s": 3.0, "restart_s": 99.0}
    house = House(busy_s=5.0, **box(request_s=1e-6, count=2), faults=[dies | {"proxy": proxy}])
    house.ask(1.0, "a")
    house.ask(1.0, "b")
    places = [len(one.connections) for one in house.stage.run(2.0).world.proxies.all]
    assert places == [1, 1]
    assert {row[1] for row in house.stage.attempts(0)} == {-1, -2}
    assert len(house.run(20.0)) == answers
    assert len(house.broken_ones) == 2 - answers


def test_a_proxy_without_a_cost_is_in_nobody_s_way():
    house = House(path=[PLAIN])
    house.ask(1.0, "a")
    house.run(20.0)
    assert "proxy" not in house.stage.world.behind
    assert house.took_s(0, 1.0) == about(2 * TRIP_S)
