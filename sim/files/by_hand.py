"""Pages that a command writes and people add to: what stands between two marks is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sim.errors import InputError

BEGIN: Final = "<!-- by hand; kept when this page is written anew -->"
END: Final = "<!-- /by hand -->"


def kept(text: str) -> str:
    """What was written by hand on an earlier page, empty when there is none."""
    _, _, rest = text.partition(BEGIN)
    inside, found, _ = rest.partition(END)
    return inside.strip() if found else ""


def kept_in(place: Path) -> str:
    """The same of a file, empty when there is none. Raises `InputError` when it is no text."""
    try:
        return kept(place.read_text("utf-8")) if place.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([f"{place}: cannot be read: {error}"]) from None
