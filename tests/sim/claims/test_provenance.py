"""What designs say of themselves."""

import pytest

from sim import registry
from sim.claims.provenance import shown
from sim.claims.spec import ProvenanceSpec
from sim.errors import InputError


def test_channels_are_read_off_the_designs():
    spec = ProvenanceSpec(shows="channels", designs=("telegram", "zalo"))
    assert shown(spec, registry.designs())["shown"] == {
        "telegram": "all over websocket",
        "zalo": "list, send, typing, seen over http; receive over long-poll",
    }


def test_sources_are_theirs():
    told = shown(ProvenanceSpec(shows="sources", designs=("slack",)), registry.designs())
    assert "slack.engineering" in told["shown"]["slack"]


def test_an_unknown_design_is_refused():
    with pytest.raises(InputError, match="unknown design 'icq'"):
        shown(ProvenanceSpec(shows="sources", designs=("icq",)), registry.designs())
