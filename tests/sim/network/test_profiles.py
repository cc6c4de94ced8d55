"""Profiles are complete, sourced, and in the right units."""

from typing import get_args

import pytest

from sim.network.profiles import PROFILES, ProfileName


def test_names_and_profiles_agree() -> None:
    assert tuple(PROFILES) == get_args(ProfileName)
    assert all(name == profile.name for name, profile in PROFILES.items())


@pytest.mark.parametrize("name", get_args(ProfileName))
def test_profile_is_plausible_and_sourced(name: ProfileName) -> None:
    profile = PROFILES[name]
    assert 0.0001 < profile.delay_up_s < 1.0
    assert 0.0001 < profile.delay_down_s < 1.0
    assert 1e5 < profile.rate_up_bps <= profile.rate_down_bps <= 1e9
    assert len(profile.source) > 20


def test_published_figures() -> None:
    """Lighthouse's slow 4G: 150 ms round trip, 1.6 Mb/s down, 750 kb/s up."""
    slow = PROFILES["4g-slow"]
    assert slow.delay_up_s + slow.delay_down_s == 0.150
    assert (slow.rate_up_bps, slow.rate_down_bps) == (750_000, 1_600_000)


def test_geostationary_delay_is_possible() -> None:
    """Light needs at least 558 ms for the round trip (RFC 2488 section 2)."""
    profile = PROFILES["geo-satellite"]
    assert profile.delay_up_s + profile.delay_down_s >= 0.558


def test_profiles_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PROFILES["lan"] = PROFILES["2g"]  # type: ignore[index]
