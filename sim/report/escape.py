"""Text from outside, made safe for the place that it is written to.

Names of files and designs, keys, and words of a trace may hold anything. Each place gives some
characters a meaning of its own; here is the one function for each place. Every function takes plain
text: what was escaped once must not be escaped again.
"""

import re
import shlex
from collections.abc import Iterable
from typing import Final

# Controls (C0, DEL, C1), separators of lines and paragraphs, marks that reorder or hide text
# (Unicode Standard Annex 9; Boucher and Anderson 2021), and halves of characters, which no
# encoding can write. Joiners are left: emoji and several scripts are written with them.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What a GitHub runner takes for a command in any line of a log: `::` in front, which is where a
# narrow terminal may break the line, and `##[` anywhere.
_COMMAND: Final = re.compile(r":(?=:)|#(?=#\[)")
_MARKUP: Final = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK: Final = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=#]))")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What XML 1.0 cannot hold, section 2.2.
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA: Final = re.compile("^\\s*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def terminal(text: str) -> str:
    """One line for a terminal or a log: what cannot be seen is spelled out, as `\\x1b`.

    A CI service finds no command of its own in it, wherever the line is broken.
    """
    return _COMMAND.sub(_code, _visible(text))


def markdown(text: str) -> str:
    """Words of a paragraph, heading or table cell in GitHub's Markdown; always one line."""
    words = re.sub(" +", " ", _visible(text)).strip()
    quoted = _MARKUP.sub(lambda found: f"\\{found[0]}", words)
    plain = _BLOCK.sub(lambda found: f"{found[0]}\\", quoted)
    return "".join(_ENTITIES.get(letter, letter) for letter in plain)


def markdown_code(text: str) -> str:
    """A whole code span with its backticks. Not for table cells, whose pipes end even these."""
    inside = _visible(text)
    ticks = "`" * (_longest_ticks(inside) + 1)
    pad = " " if not inside.strip() or inside[0] == "`" or inside[-1] == "`" else ""
    return f"{ticks}{pad}{inside}{pad}{ticks}"


def markdown_block(lines: Iterable[str]) -> str:
    """A whole code block, whose fence is longer than any run of backticks inside."""
    inside = [_visible(line) for line in lines]
    fence = "`" * max(3, _longest_ticks("\n".join(inside)) + 1)
    return "\n".join([f"{fence}text", *inside, fence])


def html(text: str) -> str:
    """Text or the value of an attribute in HTML; always one line."""
    entities = _ENTITIES | {'"': "&quot;", "'": "&#x27;"}
    return "".join(entities.get(letter, letter) for letter in _visible(text))


def github(text: str) -> str:
    """The message of a GitHub workflow command: one line, in which line breaks are kept coded."""
    coded = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _visible(coded)


def github_property(text: str) -> str:
    """The value of a property of a GitHub workflow command."""
    return github(text).replace(":", "%3A").replace(",", "%2C")


def csv_cell(text: str) -> str:
    """The text of a cell that no spreadsheet runs as a formula; `csv` still has to quote it."""
    return f"'{text}" if _FORMULA.match(text) else text


def xml(text: str) -> str:
    """Text that XML can hold; whoever writes the document still has to escape its markup."""
    return _ILLEGAL.sub("\ufffd", text)


def shell(word: str) -> str:
    """One word of a command line that can be pasted, on one line whatever is in it.

    `$'...'` is POSIX.1-2024, section 2.2.4, and older in bash, ksh and zsh.
    """
    if not _UNSEEN.search(word):
        return shlex.quote(word)
    quoted = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{_UNSEEN.sub(_octets, quoted)}'"


def _visible(text: str) -> str:
    return _UNSEEN.sub(_code, text)


def _code(found: re.Match[str]) -> str:
    """A character in ASCII."""
    letter = found[0]
    if letter in _NAMED:
        return _NAMED[letter]
    number = ord(letter)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _octets(found: re.Match[str]) -> str:
    """The bytes of a file's name; those that were no UTF-8 are what they were."""
    raw = "surrogateescape" if "\udc80" <= found[0] <= "\udcff" else "surrogatepass"
    return "".join(f"\\{byte:03o}" for byte in found[0].encode("utf-8", raw))


def _longest_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
