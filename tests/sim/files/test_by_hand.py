"""What people wrote on a page that a command makes outlives the next making."""

import pytest

from sim.errors import InputError
from sim.files.by_hand import BEGIN, END, kept, kept_in


def test_what_stands_between_the_marks_is_kept():
    assert kept(f"# Made\n\n{BEGIN}\n## More\n\nwords\n{END}\n\n## Rest") == "## More\n\nwords"


def test_without_both_marks_there_is_nothing():
    assert kept("another page") == kept(f"cut off {BEGIN} here") == ""


def test_a_file_is_read_if_it_is_there(tmp_path):
    place = tmp_path / "page.md"
    assert kept_in(place) == ""
    place.write_text(f"{BEGIN}\nwords\n{END}", encoding="utf-8")
    assert kept_in(place) == "words"


def test_a_file_that_is_no_text_is_named(tmp_path):
    place = tmp_path / "page.md"
    place.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"page\.md: cannot be read"):
        kept_in(place)
