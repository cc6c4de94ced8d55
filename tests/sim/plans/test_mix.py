"""Groups in the mix of the whole: the moments of the distribution, the same in every run."""

import numpy as np
import pytest

import sim
from sim.plans.mix import evenly_mixed


def test_sizes_have_the_moments_of_the_distribution():
    spec = sim.load_scenario("node-loss-storm").conversations
    sizes = np.array(evenly_mixed(spec, 3000).sizes.sizes)
    support = np.arange(3, 257)
    share = support**-2.0 / (support**-2.0).sum()
    assert sizes.mean() == pytest.approx((support * share).sum(), rel=0.02)
    assert (sizes**2).mean() == pytest.approx((support**2 * share).sum(), rel=0.05)
    assert sizes.sum() == pytest.approx(3000 * spec.per_person * (1 - spec.direct_share), rel=0.03)


def test_what_is_not_drawn_stays():
    changes = {"conversations.sizes": {"kind": "fixed", "size": 20}}
    spec = sim.load_scenario("node-loss-storm", changes).conversations
    assert evenly_mixed(spec, 100) is spec
