"""Bounded reads: regular files of a sane size, and one line for whatever cannot be read."""

import json
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

from sim.errors import InputError

LIMIT_BYTES = 256 * 2**20
"""More than any file that rtcsim writes or takes; an endless one ends here."""


def read_bytes(
    path: Path, limit_bytes: int = LIMIT_BYTES, *, any_kind: bool = False, links: bool = True
) -> bytes:
    """The whole of a file. Raises `InputError` naming the file and why it cannot be read.

    Only regular files, or pipes and character devices too with `any_kind`; never more than
    `limit_bytes`. Without `links`, a link is refused and not followed.
    """
    try:
        content = _read(path, limit_bytes, any_kind=any_kind, links=links)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError([f"{path}: cannot be read: {why}"]) from None
    if len(content) > limit_bytes:
        raise InputError([f"{path}: longer than {limit_bytes:,} bytes; allowed: a shorter file"])
    return content


def read_text(
    path: Path, limit_bytes: int = LIMIT_BYTES, *, any_kind: bool = False, links: bool = True
) -> str:
    """The text of a file in UTF-8, with \\n at line ends. Bounds and errors as for `read_bytes`."""
    content = read_bytes(path, limit_bytes, any_kind=any_kind, links=links)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        where = f"{path}:{line}: not a text in UTF-8 (byte {error.start})"
        raise InputError([where]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path, limit_bytes: int = LIMIT_BYTES, *, links: bool = True) -> Any:
    """What a JSON file says. Raises `InputError` naming file and line for what is not JSON."""
    return parse_json(read_text(path, limit_bytes, links=links), str(path))


def parse_json(text: str, label: str) -> Any:
    """The same for a text; `label` names it. NaN and lone surrogates are not JSON here."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        place = f"{label}:{error.lineno}: column {error.colno}"
        raise InputError([f"{place}: damaged: {error.msg}"]) from None
    except RecursionError:
        raise InputError([f"{label}: damaged: nested too deeply"]) from None
    except ValueError as error:
        raise InputError([f"{label}: damaged: {error}"]) from None
    return found


def _read(path: Path, limit_bytes: int, *, any_kind: bool, links: bool) -> bytes:
    # A pipe must not make us wait before it is known to be one.
    flags = os.O_NONBLOCK | (0 if links else os.O_NOFOLLOW)
    with open(path, "rb", opener=lambda name, given: os.open(name, given | flags)) as opened:
        mode = os.fstat(opened.fileno()).st_mode
        piped = any_kind and (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode))
        if not (stat.S_ISREG(mode) or piped):
            raise ValueError("it is a device or a pipe; allowed: a regular file")
        os.set_blocking(opened.fileno(), True)
        return opened.read(limit_bytes + 1)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
