"""The flags of `claims`."""

import pytest

from sim.commands.claim_options import CLAIMS_OUT, ClaimOptions


@pytest.mark.parametrize(
    ("only", "names"),
    [(None, []), (["S1"], ["S1"]), (["S1, S2a", "C1"], ["S1", "S2a", "C1"]), ([","], [])],
)
def test_ids_may_be_given_one_by_one_or_together(only, names):
    assert ClaimOptions(only=only).names == names


def test_by_default_everything_is_tested():
    options = ClaimOptions()
    assert (options.seed, options.quick, options.out) == (1, False, CLAIMS_OUT)
