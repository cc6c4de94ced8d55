"""What a call of the library asks for: changes, designs of one's own, and whom a warning names."""

from dataclasses import replace

import pytest

from models import DESIGNS
from sim.asked import CompareHow, as_changes, require_keywords, stop_of, tell, with_own
from sim.errors import InputError
from sim.experiment.stopping import Stop


def test_changes_have_the_place_and_the_value():
    [one] = as_changes({"people.count": 300})
    assert (one.location, one.value) == (("people", "count"), 300)
    assert as_changes(None) == ()


def test_a_design_of_ones_own_is_known_beside_ours():
    own = replace(DESIGNS["hybrid"], name="mine")
    assert with_own([own])["mine"] is own


def test_a_name_means_one_design():
    other = replace(DESIGNS["hybrid"], summary="Another one.")
    with pytest.raises(InputError, match="'hybrid' is a design already"):
        with_own([other])


def test_a_warning_names_whoever_called_from_outside():
    with pytest.warns(UserWarning, match="so it is") as told:
        tell("so it is")
    assert [one.filename for one in told] == [__file__]


def test_what_is_enough_is_said_by_keywords():
    assert stop_of({"workers": 2}) is None
    assert stop_of({"precision": 0.1, "budget": 40}) == Stop(precision=0.1, budget=40)
    assert stop_of({"decided": True}) == Stop(decided=True)
    with pytest.raises(InputError, match="nothing to stop at"):
        stop_of({"budget": 40})


def test_a_keyword_that_does_not_exist_is_an_error_as_in_python():
    require_keywords({"workers": 2, "precision": 0.1}, CompareHow)
    with pytest.raises(TypeError, match=r"'wokers'; allowed: anyway, .*; did you mean 'workers'"):
        require_keywords({"wokers": 2}, CompareHow)
