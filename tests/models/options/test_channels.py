"""Options of channels: servers spend what was measured of the program that they are."""

from models.costs import AIOHTTP, BROKER_COSTS, MOSQUITTO, SOCKETIO
from models.options import Http, Mqtt, SocketIo


def test_servers_spend_what_the_measured_program_spent():
    assert Http().costs is AIOHTTP
    assert SocketIo().costs is SOCKETIO
    assert [Mqtt(qos=qos).server_costs for qos in (0, 1, 2)] == list(MOSQUITTO)
    dear = Mqtt.model_validate({"costs": {"preset": "mosquitto-qos2", "message_in_s": 1e-3}})
    assert dear.server_costs.message_in_s == 1e-3
    assert dear.server_costs.message_out_s == MOSQUITTO[2].message_out_s


def test_a_broker_spends_what_its_quality_of_service_costs():
    for qos in range(3):
        emqx = Mqtt.model_validate({"qos": qos, "costs": "emqx"})
        assert emqx.server_costs == BROKER_COSTS["emqx"].at(qos)
    own = Mqtt.model_validate({"qos": 1, "costs": {"preset": "emqx", "open_s": 1e-3}})
    assert own.server_costs == BROKER_COSTS["emqx"].changed({"open_s": 1e-3}).at(1)
