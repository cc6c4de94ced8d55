"""Wrong settings are refused by name."""

import pytest

from sim.transport.segment.options import SegmentOptions


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("hz", 10),
        ("user_timeout_s", (-1.0, 0.0)),
        ("record_bytes", -1),
        ("ahead_share", 1.5),
    ],
)
def test_impossible_settings_are_refused(setting, value):
    with pytest.raises(ValueError, match=f"{setting} is .*allowed"):
        SegmentOptions(**{setting: value})
