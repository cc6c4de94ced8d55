"""Reads end, and say in one line why they could not begin."""

import os

import pytest

from sim.errors import InputError
from sim.files.reading import parse_json, read_bytes, read_json, read_text


def test_a_text_is_read_with_plain_line_ends(tmp_path):
    (tmp_path / "a").write_bytes("é\r\nb\rc\n".encode())
    assert read_text(tmp_path / "a") == "é\nb\nc\n"


def test_a_file_may_be_as_long_as_the_limit_and_no_longer(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    assert len(read_bytes(tmp_path / "a", 100)) == 100
    with pytest.raises(InputError, match="longer than 99 bytes"):
        read_bytes(tmp_path / "a", 99)


def test_a_link_is_followed_unless_told_otherwise(tmp_path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "link").symlink_to("a")
    assert read_text(tmp_path / "link") == "x"
    with pytest.raises(InputError, match="link: cannot be read"):
        read_text(tmp_path / "link", links=False)


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path, words in (
        (tmp_path / "pipe", "a device or a pipe"),
        (tmp_path, "Is a directory"),
        (tmp_path / "loop", "cannot be read"),
        (tmp_path / "none", "No such file"),
        (tmp_path / "a\0b", "null byte"),
        (tmp_path / ("x" * 5000), "too long"),
    ):
        with pytest.raises(InputError, match=words):
            read_text(path)
    with pytest.raises(InputError, match="a device or a pipe"):
        read_text(tmp_path.__class__("/dev/zero"))


def test_an_endless_device_ends_at_the_limit(tmp_path):
    with pytest.raises(InputError, match="longer than 1,000 bytes"):
        read_bytes(tmp_path.__class__("/dev/zero"), 1000, any_kind=True)


def test_a_pipe_is_read_when_it_may_be(tmp_path):
    ours, theirs = os.pipe()
    os.write(theirs, b"through")
    os.close(theirs)
    assert read_text(tmp_path.__class__(f"/dev/fd/{ours}"), any_kind=True) == "through"
    os.close(ours)


def test_what_is_not_utf_8_is_named_with_its_place(tmp_path):
    (tmp_path / "a").write_bytes(b"ok\nok\n\xff")
    with pytest.raises(InputError, match=r"a:3: not a text in UTF-8 \(byte 6\)"):
        read_text(tmp_path / "a")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a:1: column 1: damaged"),
        ('{\n"a": ', "a:2: column 6: damaged"),
        ("[" * 100_000, "a: damaged: nested too deeply"),
        ("1" * 5000, "a: damaged: "),
        ("[NaN]", "a: damaged: NaN is not a number"),
        (r'["\ud800"]', "a: damaged: "),
    ],
)
def test_what_is_not_json_is_named_with_its_line(tmp_path, text, words):
    (tmp_path / "a").write_text(text)
    with pytest.raises(InputError, match=words):
        read_json(tmp_path / "a")


def test_json_is_read():
    assert parse_json(r'{"a": [1, "\ud83d\ude00"]}', "x") == {"a": [1, "😀"]}
