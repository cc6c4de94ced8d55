"""What designs have, as values that reports read back."""

from dataclasses import asdict, fields

import pytest

from models import DESIGNS
from sim.report import stored
from sim.report.stored import Traits

LIVE = dict.fromkeys(("list", "send", "receive", "typing", "seen"), "websocket")


def traits(base, **changes):
    return DESIGNS[base].variant("mine", changes).traits()


@pytest.mark.parametrize("name", list(DESIGNS))
def test_reports_read_back_what_a_design_says(name):
    said = DESIGNS[name].traits()
    assert list(said) == [one.name for one in fields(Traits)]
    summary = {"designs": {name: {}}, "traits": {name: said}}
    assert asdict(stored.from_summary(summary).traits(name)) == said


@pytest.mark.parametrize("name", list(DESIGNS))
def test_values_and_words_say_the_same(name):
    """Descriptions are for people; where both speak of something they agree."""
    said, told = DESIGNS[name].traits(), DESIGNS[name].describe()
    assert said["recovers"] is not told["recovery"].startswith("none")
    assert (said["pings_s"] is None) is ("pings" not in told)
    if said["keyed"] is not None:
        assert told["idempotency key"] == ("yes" if said["keyed"] else "no")
    if said["told_of_links"] is not None:
        assert said["told_of_links"] is ("is given up after" in told["client"])


def test_what_recovers_does_not_hang_on_how_it_is_written():
    """A window of nothing is still none; a broker's session is one that nobody wrote down."""
    assert traits("hybrid", recovery={"kind": "none"})["recovers"] is False
    assert traits("hybrid-cursor", recovery={"window": "mattermost"})["recovers"] is True
    assert traits("mqtt-qos1")["recovers"] is True
    assert traits("mqtt-qos1", clean_session=True)["recovers"] is False


def test_who_acknowledges_a_send_is_its_channels():
    assert traits("hybrid")["acknowledges"] is True  # a request is answered
    assert traits("full-websocket")["acknowledges"] is False
    assert traits("full-websocket", stored=True, acks=True)["acknowledges"] is True
    assert [traits(f"mqtt-qos{qos}")["acknowledges"] for qos in range(3)] == [False, True, True]
    assert traits("socketio")["acknowledges"] is False
    assert traits("socketio", socketio={"retries": 2})["acknowledges"] is True


def test_a_key_is_asked_of_those_who_send_requests():
    assert traits("hybrid")["keyed"] is False
    assert traits("hybrid-cursor")["keyed"] is True
    assert traits("full-websocket")["keyed"] is None
    assert traits("full-websocket", list="http")["keyed"] is None


def test_a_broker_on_disk_keeps_what_it_took():
    assert traits("mqtt-qos1")["stores"] is False
    assert traits("mqtt-qos1", mqtt={"broker": "on-disk"})["stores"] is True
    assert traits("hybrid")["stores"] is True


def test_a_channel_of_a_package_says_nothing_unless_it_does():
    from dataclasses import replace

    from models.channels import shipped
    from models.channels.kind import Kind

    assert Kind("pigeon", lambda slot: None).acknowledges(DESIGNS["hybrid"].options) is None
    mine = replace(shipped()["websocket"], acknowledges=lambda options: True)
    assert mine.acknowledges(DESIGNS["full-websocket"].options) is True


def test_who_pings():
    assert traits("hybrid")["pings_s"] == {"client": 20.0, "server": 20.0}
    assert traits("hybrid", heartbeat="none")["pings_s"] == {}
    assert traits("long-poll")["pings_s"] is None
