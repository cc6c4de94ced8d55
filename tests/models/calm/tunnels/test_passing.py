"""What passes a proxy in rows: when it will have, who waits, and that objects say the same."""

import pytest
from small import scenario
from stage import Stage

from models import DESIGNS
from models.calm import rows
from models.calm.rows import CONNECTION
from models.calm.tunnels.passing import LATE, departs_s, is_proxied, passes
from sim.experiment.run import run_replication

SERVERS = {"gateways": 2, "api_nodes": 1, "cores": 1, "session_reads": 0, "token_check_s": 0.0}
EACH_S = 3e-4
CRASH = {"kind": "backend-crash", "restart_s": 2.0}


@pytest.fixture
def behind():
    """Three people behind a proxy that takes 0.3 ms for each passage, all calm at 2 s."""
    box = {"preset": "nginx", "passed_s": EACH_S}
    stage = Stage("full-websocket", servers=SERVERS, path=[box]).run(2.0)
    return stage.world.proxy, stage.system.service.calm, stage.world.engine


def test_people_behind_a_proxy_are_in_rows(behind):
    _, calm, _ = behind
    row = calm.connections.views.row
    assert [row[number * CONNECTION + rows.CALM] for number in range(3)] == [1.0] * 3
    assert all(is_proxied(calm.views, number) for number in range(3))
    assert not is_proxied(calm.views, -1)


def test_it_departs_when_the_proxy_has_come_to_it(behind):
    proxy, calm, engine = behind
    for piece in (1, 2, 3):
        expected_s = engine.now_s + piece * EACH_S
        assert calm.in_rows(departs_s, 0) == pytest.approx(expected_s)
        calm.in_rows(passes, 0, rows.SEEN_DOWN_S, engine.now_s)
        assert proxy.start_s() == pytest.approx(expected_s)
    assert calm.in_rows(departs_s, 1) == LATE  # 1.2 ms from now
    assert calm.seen_s(calm.ends[0].connection, 1) == engine.now_s


def test_rows_and_objects_say_the_same_time(behind):
    proxy, calm, engine = behind
    for number in (0, 1, 0):
        person = calm.ends[number].person
        said_s = calm.in_rows(departs_s, number)
        assert said_s == proxy.pass_on(person)
    assert engine.now_s < said_s


@pytest.mark.parametrize("trouble", ["pause", "crash", "in hand"])
def test_objects_wait_for_a_proxy_in_trouble(behind, trouble):
    proxy, calm, engine = behind
    if trouble == "pause":
        proxy.pause(engine.now_s + 1.0)
    elif trouble == "crash":
        proxy.crash()
    else:
        calm.in_hand(calm.ends[0].connection, 1)
    assert calm.in_rows(departs_s, 0) == LATE


def test_each_connection_waits_for_its_own_proxy():
    box = {"preset": "nginx", "passed_s": EACH_S, "count": 3}
    stage = Stage("full-websocket", people=12, servers=SERVERS, path=[box]).run(2.0)
    calm, engine = stage.system.service.calm, stage.world.engine
    busy = stage.world.proxies.all[1]
    busy.pause(engine.now_s + 1.0)
    waits = [end.connection.proxy is busy for end in calm.ends]
    assert [calm.in_rows(departs_s, number) == LATE for number in range(12)] == waits
    assert 0 < sum(waits) < 12


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("kind", [{"kind": "backend-pause", "for_s": 2.0}, CRASH])
@pytest.mark.parametrize(
    "name", ["full-websocket", "hybrid-cursor", "sse", "socketio", "mqtt-qos0"]
)
def test_a_busy_proxy_is_one_to_objects_and_to_rows(name, kind, count):
    """Half of what passes finds it busy for more than a millisecond."""
    fault = {"backend": "proxy", "at_s": 20.0, **kind}
    world = scenario(
        path=[{"preset": "nginx", "passed_s": 4e-3, "idle_timeout_s": 15, "count": count}],
        networks=[{"profile": "4g", "share": 1.0, "loss": {"kind": "bernoulli", "ratio": 0.05}}],
        transport={"lane": "fast"},
        faults=[fault],
    )
    objects = run_replication(world, DESIGNS[name], 0, passive=False)
    assert objects.digest() == run_replication(world, DESIGNS[name], 0, plain=True).digest()


def test_what_rows_see_counts_for_a_box_that_counts_idle_time():
    """Pings every 20 s, in rows, and a box with 25 s: nobody is cut, and somebody would be."""
    for limit_s, cuts in ((25.0, 0), (15.0, 3)):
        box = {"idle_timeout_s": limit_s}
        stage = Stage("full-websocket", servers=SERVERS, path=[box]).run(28.0)
        calm = stage.system.service.calm
        assert len(calm.ends) >= 3
        assert len(stage.gaps()) == cuts
        number = len(calm.ends) - 1
        if not cuts:
            assert calm.seen_s(calm.ends[number].connection, 0) > 20.0
