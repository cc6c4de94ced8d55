"""What a scenario may say of its servers."""

import pytest
from pydantic import ValidationError

from sim.scenario.servers import Authenticator, Backplane, Servers, Store


@pytest.mark.parametrize("section", [Servers, Authenticator, Backplane, Store])
def test_all_has_a_default_and_says_what_it_is(section):
    assert section() == section()
    assert [name for name, field in section.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("section", [Servers, Authenticator, Backplane, Store])
def test_an_unknown_key_is_refused(section):
    with pytest.raises(ValidationError, match="extra"):
        section(nodes=3)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gateways", 0),
        ("slowness", 0.0),
        ("admissions_per_s", 0.0),
        ("connections_limit", 0),
        ("queue_limit_s", -1.0),
        ("balancer", "random"),
    ],
)
def test_what_cannot_be_is_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        Servers(**{key: value})


def test_nothing_is_limited_unless_it_is_said():
    servers = Servers()
    assert (servers.admissions_per_s, servers.rate_per_s) == (None, None)
    assert (servers.queue_limit_s, servers.shed_limit_s) == (None, None)
    assert servers.slowness == 1.0
