"""Whatever text comes in: nothing in it means anything to the place that it goes to."""

import csv
import io
import re
import subprocess
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.report import escape

ANY = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\n\r\t\x00\x1b\x9b\u2028\u202e\udcfe`<>|:%#[]*_'\"\\=+-@ "),
    )
)
NASTY = (
    "a\n::error::pwned\n.toml",
    "\r::error::pwned",
    "::error::pwned",
    "  ::stop-commands::x",
    "##[error]pwned",
    "x`<img src=x onerror=alert(1)>`.toml",
    "a|b\n|---|\n# head",
    "\x1b]8;;http://e.example\x1b\\here\x1b]8;;\x1b\\",
    "good\u202egnp.exe",
    "\x85::error::next line",
    "=HYPERLINK(1)",
    "\udcfe.toml",
    "\ud800",
    "````\n<b>",
)
COMMAND = re.compile(r"::|##\[")


def nasty(check):
    for text in NASTY:
        check = example(text)(check)
    return given(ANY)(check)


def lines(text):
    """As a log is cut, however it is."""
    return text.splitlines() or [""]


@nasty
def test_a_terminal_gets_one_line_of_what_can_be_seen(text):
    (line,) = lines(escape.terminal(text))
    line.encode("utf-8")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line)
    assert not COMMAND.search(line)


def test_plain_words_stay_as_they_are():
    text = "3 of 4 pairs, naïve 😀 👩‍💻 — «ключ» 100 %: a/b-c.toml"
    for made in (escape.terminal, escape.markdown, escape.csv_cell, escape.xml, escape.html):
        assert made(text) == text


def test_what_cannot_be_seen_is_spelled_out():
    assert escape.terminal("a\n\x1b[31m\u202e\udcfe") == r"a\n\x1b[31m\u202e\udcfe"
    assert escape.terminal("\U000e0041") == r"\U000e0041"
    assert escape.terminal("::error::x") == r"\x3a:error\x3a:x"
    assert escape.terminal("x ##[error]") == r"x \x23#[error]"
    assert escape.terminal("a:::b") == r"a\x3a\x3a:b"


class Tags(HTMLParser):
    """What a browser would take for markup."""

    def __init__(self):
        super().__init__()
        self.seen, self.words = [], ""

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)

    def handle_data(self, data):
        self.words += data


def tags(text):
    parser = Tags()
    parser.feed(text)
    parser.close()
    return parser


@nasty
def test_markdown_words_are_no_markup(text):
    made = escape.markdown(text)
    assert len(lines(made)) == 1
    assert not re.search("[<>]", made)
    assert not re.search(r"(?<!\\)(\\\\)*[`*_\[\]|~$]", made.replace("\\\\", ""))
    assert not re.match(r"[-+=#]|\d+[.)]| ", made)


def span(text):
    """The content of a code span as CommonMark 0.31, section 6.1, reads it."""
    found = re.fullmatch(r"(`+)(?!`)(.*?)(?<!`)\1", text, re.DOTALL)
    assert found
    assert found[1] not in re.findall("`+", found[2])
    inside = found[2]
    padded = inside[:1] == inside[-1:] == " " and inside.strip(" ")
    return inside[1:-1] if padded else inside


@nasty
def test_a_code_span_ends_where_it_should(text):
    made = escape.markdown_code(text)
    assert len(lines(made)) == 1
    assert span(made).strip() == escape.terminal(text).strip() or COMMAND.search(text)


@pytest.mark.parametrize("text", ["a`b", "`a", "a``", "``", "plain"])
def test_a_code_span_says_the_text(text):
    assert span(escape.markdown_code(text)) == text


@given(st.lists(ANY, max_size=4))
@example(["````", "<b>", "`````text"])
def test_a_code_block_is_not_closed_from_inside(texts):
    first, *inside, last = escape.markdown_block(texts).split("\n")
    assert first == f"{last}text"
    assert set(last) == {"`"}
    assert len(inside) == len(texts)
    assert not any(last in line for line in inside)


@nasty
def test_html_has_no_tags_and_says_the_text(text):
    found = tags(f"<p title='{escape.html(text)}'>{escape.html(text)}</p>")
    assert found.seen == ["p"]


@nasty
def test_a_workflow_command_is_one_line_and_decodes_to_the_text(text):
    for made in (escape.github(text), escape.github_property(text)):
        assert len(lines(made)) == 1
        made.encode("utf-8")
    assert not re.search("[:,]", escape.github_property(text))


@given(st.text("a%0AD3C:,\r\n"))
def test_github_decodes_what_was_coded(text):
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    for made in (escape.github(text), escape.github_property(text)):
        assert re.sub("%(0D|0A|3A|2C|25)", lambda found: codes[found[0]], made) == text


@nasty
def test_xml_holds_it(text):
    made = ET.Element("a", b=escape.xml(text))
    made.text = escape.xml(text)
    ET.fromstring(ET.tostring(made, encoding="utf-8"))


@nasty
def test_a_cell_is_no_formula(text):
    made = escape.csv_cell(text)
    assert not re.match(r"\s*[=+\-@]", made)
    assert made in (text, f"'{text}")


def test_a_cell_survives_its_file():
    text = io.StringIO()
    csv.writer(text).writerow([escape.csv_cell("=1+1"), escape.csv_cell("plain, text")])
    assert next(csv.reader([text.getvalue()])) == ["'=1+1", "plain, text"]


@nasty
def test_a_word_for_the_shell_is_one_line(text):
    made = escape.shell(text)
    assert len(lines(made)) == 1
    made.encode("utf-8")


@pytest.mark.parametrize("text", [*NASTY, "it's", "a b", "", "\\x41\n'", "é\n7"])
def test_the_shell_reads_the_word_back(text):
    ended = subprocess.run(
        ["bash", "-c", f"printf %s {escape.shell(text)}"], capture_output=True, check=True
    )
    kind = "surrogatepass" if "\ud800" in text else "surrogateescape"
    assert ended.stdout == text.encode("utf-8", kind)
