"""Positions of keys in TOML text, held against the text itself."""

import time

import pytest

from sim.scenario.lines import MOST_LEVELS, line_of, scan, too_deep

TEXT = '''\
# [not.a.table]
top = 1
"quoted key" = 2
dotted.inner = 3

[table]          # with a remark
list = [
    "[x]",  # ]
    { a = 1 },
]
text = """
[people]
count = 1
"""
after = 'a # "b'

[[entry]]
x = 1

[entry.inside]
y = 1

[[entry]]
x = 2
[[entry.deep]]
z = 1
[[entry.deep]]
z = 2
'''


def place(word, nth=1):
    """Line of the nth line that starts with `word`."""
    found = [number for number, line in enumerate(TEXT.splitlines(), 1) if line.startswith(word)]
    return found[nth - 1]


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("top",), place("top")),
        (("quoted key",), place('"quoted')),
        (("dotted", "inner"), place("dotted")),
        (("table",), place("[table]")),
        (("table", "list"), place("list")),
        (("table", "text"), place("text")),
        (("table", "after"), place("after")),
        (("entry",), place("[[entry]]")),
        (("entry", 0, "x"), place("x")),
        (("entry", 0, "inside", "y"), place("y")),
        (("entry", 1, "x"), place("x", 2)),
        (("entry", 1, "deep", 0, "z"), place("z")),
        (("entry", 1, "deep", 1, "z"), place("z", 2)),
    ],
)
def test_every_key_is_found_on_its_line(location, line):
    assert scan(TEXT)[location] == line


def test_only_a_line_feed_ends_a_line():
    text = "# a\u2028b\x0c\x85\rc\r\npeople = 1\n"
    assert scan(text) == {("people",): 2}


def test_a_long_list_takes_no_long_time():
    text = "sends = [\n" + "{ at_s = 1.0, sender = 0 },\n" * 20_000 + "]\nlast = 1\n"
    assert scan(text)["last",] == 20_003


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nx = " + "[" * 40 + "]" * 40, 2),
        ("a = 1\nx = [\n" + "{ b = " * 40 + "1" + " }" * 40 + "]", 3),
        ("a = 1\n\n" + "b." * 40 + "c = 1\n", 3),
        ("[" + '"b" . ' * 40 + "c]\n", 1),
        ("x = " + "[" * MOST_LEVELS + "]" * MOST_LEVELS + "\ny = []\n" * 99, None),
        ('x = """' + "[" * 99 + '"""  # ' + "[" * 99 + "\ny = '" + "{" * 99 + "'", None),
        (TEXT, None),
    ],
)
def test_what_is_nested_too_deeply_is_found_before_it_is_parsed(text, line):
    assert too_deep(text) == line


@pytest.mark.parametrize("text", ["a" * 300_000, '"' * 100_000, "a." * 100_000, ". " * 100_000])
def test_looking_for_depth_takes_no_long_time(text):
    begun_s = time.monotonic()
    too_deep(text)
    assert time.monotonic() - begun_s < 5.0


def test_what_lies_inside_strings_is_not_there():
    assert ("people",) not in scan(TEXT)
    assert ("not", "a", "table") not in scan(TEXT)


def test_a_key_that_is_missing_has_the_line_of_what_is_around_it():
    lines = scan(TEXT)
    assert line_of(("entry", 1, "missing"), lines) == place("[[entry]]", 2)
    assert line_of(("table", "list", 1, "a"), lines) == place("list")
    assert line_of(("nowhere",), lines) is None
