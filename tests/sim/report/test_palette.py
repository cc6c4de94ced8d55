"""One look per design."""

import pytest

from sim.report import palette


def test_the_first_twenty_looks_differ() -> None:
    looks = [palette.look(index) for index in range(20)]
    assert len({(one.colour, one.marker, str(one.dash)) for one in looks}) == 20


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.1, 1.4.3)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("pair", palette.COLOURS)
def test_colours_stand_out_on_both_pages(pair: tuple[str, str]) -> None:
    light, dark = pair
    assert contrast(light, palette.PAPER) >= 4.5
    assert contrast(dark, palette.DARK_PAPER) >= 4.5


def test_every_colour_of_a_picture_has_a_name_in_both_schemes() -> None:
    names = palette.css_names().values()
    for dark in (False, True):
        assert all(f"--{name}:" in palette.css_variables(dark) for name in names)


def test_every_marker_has_a_path_for_the_page() -> None:
    assert set(palette.MARKERS) == set(palette.MARKER_PATHS)
    assert palette.marker_path(len(palette.MARKERS)) == palette.marker_path(0)
