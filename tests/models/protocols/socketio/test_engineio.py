"""What the two ends of an Engine.IO session share."""

from models.protocols.machine import NEVER_S
from models.protocols.socketio.engineio import Closed, Engine, Lost, Message, Packet, SendWs, State


def test_a_session_begins_closed_and_empty() -> None:
    engine = Engine()
    assert (engine.state, engine.deadline_s) == (State.CLOSED, NEVER_S)
    assert (engine.transport, engine.buffer) == ("polling", [])


def test_packets_are_what_is_on_the_wire() -> None:
    wire = {packet.name: packet.value for packet in Packet}
    assert wire == {
        "OPEN": "0",
        "CLOSE": "1",
        "PING": "2",
        "PONG": "3",
        "PROBE": "2probe",
        "PROBED": "3probe",
        "UPGRADE": "5",
        "NOOP": "6",
    }


def test_the_end_names_the_content_that_was_never_sent() -> None:
    engine = Engine()
    engine.state, engine.deadline_s = State.OPEN, 5.0
    engine.buffer += [Message("a"), Packet.PONG, Message("b")]
    assert engine._finish("ping timeout") == [Closed("ping timeout"), Lost("a"), Lost("b")]
    assert (engine.state, engine.deadline_s, engine.buffer) == (State.CLOSED, NEVER_S, [])


def test_draining_empties_the_buffer() -> None:
    engine = Engine()
    engine.buffer += [Message("a"), Packet.PONG]
    packets = engine._drain()
    assert engine._send(packets) == [SendWs(Message("a")), SendWs(Packet.PONG)]
    assert engine._drain() == ()
