"""The door to MQTT: both ends of a session, back to back, through the names it exports."""

from models.protocols import mqtt
from models.protocols.mqtt import (
    MQTT_BROKERS,
    MQTT_CLIENTS,
    PACKETS,
    BrokerSession,
    ClientSession,
    ConnectionUp,
    Deliver,
    Submit,
    Told,
)


def exchange(client: ClientSession, broker: BrokerSession, event) -> list[tuple[str, object]]:
    """Let both ends talk until they fall silent, starting with an event of the client's own."""
    news: list[tuple[str, object]] = []
    ends = {"client": client, "broker": broker}
    agenda = [("client", event)]
    while agenda:
        name, event = agenda.pop(0)
        for action in ends[name].handle(event, 0.0):
            if type(action) in PACKETS:
                agenda.append(("broker" if name == "client" else "client", action))
            else:
                news.append((name, action))
    return news


def test_every_exported_name_is_there() -> None:
    assert len(mqtt.__all__) == len(set(mqtt.__all__)) == 41
    assert all(hasattr(mqtt, name) for name in mqtt.__all__)


def test_client_and_broker_complete_every_flow_together() -> None:
    client = ClientSession(MQTT_CLIENTS["paho"], ("room",))
    broker = BrokerSession(MQTT_BROKERS["mosquitto"])
    assert [type(a).__name__ for _, a in exchange(client, broker, ConnectionUp())] == ["Subscribed"]
    assert broker.filters == ("room",)
    assert exchange(client, broker, Submit("a", 0)) == [("broker", Deliver("a", 0))]
    for qos in (1, 2):
        assert exchange(client, broker, Submit("a", qos)) == [
            ("broker", Deliver("a", qos)),
            ("client", Told("a")),
        ]
    assert client.sender.kept() == []
