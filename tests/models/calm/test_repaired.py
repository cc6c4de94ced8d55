"""What is under repair in rows comes back to objects, segment by segment."""

import pytest
from small import scenario

from models import DESIGNS
from models.calm.repaired import WORDS, Repaired
from sim.experiment.run import run_replication
from sim.transport.names import PING, PONG

LOSSY = [{"share": 1.0, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.3},
          "outages": {"kind": "list", "intervals": [[20.0, 45.0]]}}]  # fmt: skip


def test_words_travel_as_words():
    assert set(WORDS.values()) == {PING, PONG}


def test_segments_that_come_back_are_in_the_order_of_sending(monkeypatch: pytest.MonkeyPatch):
    given: list[int] = []
    give_back = Repaired.give_back

    def check(self, connection, events):
        before = len(connection._flying)
        give_back(self, connection, events)
        for end in (0, 1):
            own = [one for one, sender in connection._flying.items() if sender == end]
            sent_s = [one.sent_s for one in own if one.depart_s > float("-inf")]
            assert sent_s == sorted(sent_s)
        given.append(len(connection._flying) - before)

    monkeypatch.setattr(Repaired, "give_back", check)
    busy = scenario(networks=LOSSY, time={"measure_s": 60.0}, transport={"lane": "fast"})
    run_replication(busy, DESIGNS["full-websocket"], 0)
    assert sum(given) > 0
