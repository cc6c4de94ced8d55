"""What the four programs share: coming, fanning out, and what is reported."""

import pytest
from idiomatic_stage import played, stage

from sim.bench.idiomatic.chat import TLS, Chat, RoundTrip
from sim.bench.idiomatic.full_websocket import FullWebSocket
from sim.bench.idiomatic.parts import Delivery

RTT_S = 0.070  # 4G


def test_a_program_has_to_say_how_people_come_and_send():
    with pytest.raises(TypeError, match="abstract"):
        stage(Chat)


def test_a_handshake_takes_its_round_trips_and_whoever_is_asked():
    chat = stage(FullWebSocket)
    slow = RoundTrip(100, 0.0, 0.5, 100)
    done_s = []

    def dial():
        yield from chat.dial(0, chat.gateways[0], 0.001, (TLS, slow))
        done_s.append(chat.env.now)

    played(chat, dial())
    known_s = 3 * RTT_S + 0.5 + 0.001 + TLS.cost_s
    assert known_s < done_s[0] < known_s + 0.003  # and what serialising takes


def test_one_copy_goes_to_every_other_gateway_and_none_to_the_author():
    chat = stage(FullWebSocket)
    author = chat.actor[0]
    for person in range(chat.people):
        chat.held[person] = chat.gateways[person % 4]
    chat.fan_out(chat.gateways[0], 0)
    played(chat)
    assert {one.person for one in chat.deliveries} == set(range(chat.people)) - {author}
    assert len(chat.deliveries) == chat.people - 1
    here_s = [one.time_s for one in chat.deliveries if one.person % 4 == 0]
    there_s = [one.time_s for one in chat.deliveries if one.person % 4]
    assert max(here_s) < min(there_s)  # the backplane takes half a millisecond


def test_a_summary_depends_on_what_was_delivered_when():
    chat = stage(FullWebSocket)
    assert chat.summary()["deliveries"] == 0
    late_s = 0.25
    chat.deliveries = [Delivery(0, 3, chat.times_s[0] + late_s)]
    first = chat.summary()
    assert first["p50_s"] == pytest.approx(late_s)
    chat.deliveries = [Delivery(0, 4, chat.times_s[0] + late_s)]
    assert chat.summary()["digest"] != first["digest"]
