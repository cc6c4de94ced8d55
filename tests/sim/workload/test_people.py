"""Who takes part: defaults, and sessions by their kind."""

import pytest
from pydantic import ValidationError

from sim.workload.people import AlwaysSpec, OnOffSpec, PeopleSpec


def test_everybody_is_there_by_default_each_with_one_tab():
    people = PeopleSpec()
    assert people.sessions == AlwaysSpec()
    assert people.tabs == 1
    assert people.owed == "present"


def test_sessions_are_told_by_their_kind():
    people = PeopleSpec.model_validate({"sessions": {"kind": "on-off", "on_mean_s": 60.0}})
    assert people.sessions == OnOffSpec(on_mean_s=60.0)


@pytest.mark.parametrize("tabs", [0, 65, 1.5])
def test_tabs_are_a_whole_number_of_them(tabs):
    with pytest.raises(ValidationError):
        PeopleSpec(tabs=tabs)
