"""The designs between two: every coalition has one, and the ends are the designs themselves."""

from itertools import combinations, pairwise

import pytest

from models import DESIGNS
from models.aspects import ASPECTS, Between, owner
from models.fit import own_groups
from models.options import GROUPS


def between(a, b):
    return Between(DESIGNS[a], DESIGNS[b])


def coalitions(found):
    return [
        taken
        for size in range(len(found.aspects) + 1)
        for taken in combinations(found.aspects, size)
    ]


@pytest.mark.parametrize(("a", "b"), [*pairwise(DESIGNS), ("messenger", "slack")])
def test_every_coalition_of_every_pair_is_a_design_and_the_ends_are_the_two(a, b):
    found = between(a, b)
    made = [found.mixed(taken) for taken in coalitions(found)]
    assert made[0] is DESIGNS[a]
    assert made[-1] is DESIGNS[b]
    assert {one.routes for one in made} <= {DESIGNS[a].routes, DESIGNS[b].routes}


def test_equal_options_are_refused():
    with pytest.raises(ValueError, match="'mine' have the same options"):
        Between(DESIGNS["hybrid"], DESIGNS["hybrid"].variant("mine", {}))
    with pytest.raises(ValueError, match="allowed: key, recovery"):
        between("hybrid", "hybrid-cursor").mixed({"heartbeat"})


def test_timers_move_by_themselves_where_both_channels_have_them():
    found = between("full-websocket", "mqtt-qos0")
    assert found.aspects == ("heartbeat", "back-off", "dial", "channel")
    mixed = found.mixed({"heartbeat"})
    assert mixed.options.heartbeat == DESIGNS["mqtt-qos0"].options.heartbeat
    assert mixed.options.backoff == DESIGNS["full-websocket"].options.backoff
    assert mixed.name == "full-websocket+heartbeat"


def test_what_the_other_channel_cannot_read_goes_with_the_channel():
    found = between("hybrid", "long-poll")
    assert found.bound == {"heartbeat"}  # a long poll has none, and a WebSocket keeps its own
    assert found.mixed({"recovery", "back-off"}).options.heartbeat == (
        DESIGNS["hybrid"].options.heartbeat
    )
    assert between("full-websocket", "mqtt-qos1").bound == {"retry", "recovery"}


def test_resending_is_one_question_to_requests_and_to_websockets():
    found = between("full-websocket", "hybrid")
    assert found.said("retry") == ("no", "yes")
    assert found.mixed({"retry"}).options.websocket.acks
    assert not found.mixed({"channel", "store"}).options.http.retry
    back = between("hybrid", "full-websocket")
    assert not back.mixed({"retry"}).options.http.retry
    assert back.mixed({"channel", "store"}).options.websocket.acks


def test_what_nothing_reads_has_no_effect_and_no_name():
    found = between("full-websocket", "full-websocket-acked")
    assert found.aspects == ("retry", "key", "store", "recovery")
    assert found.mixed({"key"}) is DESIGNS["full-websocket"]  # no key without a store
    assert found.mixed({"key", "recovery"}).name == "full-websocket+recovery"
    assert found.mixed({"key", "store"}).options.store.idempotent


def test_what_clients_run_in_is_an_aspect():
    design = DESIGNS["mqtt-qos0"]
    found = Between(design, design.variant("page", {"client": "chromium"}))
    assert found.aspects == ("client",)
    assert found.said("client") == ("python", "chromium")


def test_what_is_refused_somewhere_goes_with_the_channel():
    found = between("sse", "sse-resume")  # no replay without the other server's window
    assert (found.aspects, found.bound) == (("channel",), {"recovery"})


def test_every_aspect_names_options_that_exist():
    groups = {**GROUPS, **own_groups()}
    for path in (path for paths in ASPECTS.values() for path in paths):
        group, _, key = path.partition(".")
        assert not key or key in groups[group].model_fields
    assert owner("http.costs") == "channel"


def test_the_version_of_http_is_an_aspect_of_its_own():
    one = DESIGNS["hybrid"]
    other = DESIGNS["hybrid-cursor"].variant(
        "mine", {"http": {"version": "2", "http2_client": "firefox"}}
    )
    found = Between(one, other)
    assert found.aspects == ("key", "recovery", "http")
    assert found.mixed({"http"}).options.http.version == "2"
    assert found.mixed({"http"}).options.http.http2_client.ping_after_s == 58.0
    assert found.mixed({"key", "recovery"}).options.http.version == "1.1"
    assert found.said("http")[1] == "version = 2, http2_client = firefox"


def test_where_one_side_has_no_requests_it_goes_with_the_channel():
    polls = DESIGNS["long-poll"].variant("mine", {"http": {"version": "2"}})
    found = Between(DESIGNS["full-websocket-acked"], polls)
    assert "http" not in found.aspects
    assert found.mixed({"channel"}).options.http.version == "2"
