"""What is told names what was asked."""

from stormy import small


def test_it_says_what_was_asked_and_what_came_out():
    found = small()
    assert found["design"] == "full-websocket"
    assert found["storm"]["clients"] == found["figures"]["clients"] == 100
    assert len(found["answer"]) == 2
