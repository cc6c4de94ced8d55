"""What was typed, held to what a command can take, and what is said about it in single lines."""

import sys
from collections.abc import Sequence
from typing import Any

import typer

from sim.errors import InputError, InputNote
from sim.report.escape import terminal

# Whichever click typer brings along.
USAGE_ERROR: type[Exception] = next(
    one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException"
)


def usage(error: Any) -> list[str]:
    """What is wrong with what was typed, below how it is typed."""
    context, said = getattr(error, "ctx", None), error.format_message()
    # Newer versions of typer check words with pydantic, and leave its prefix in what they say.
    wrong = f"Error: {said.replace('Value error, ', '')}"
    if context is None:
        return [wrong]
    if not context.args and said == context.get_help():
        return [*context.get_help().splitlines()]  # nothing was typed at all
    usage = [*context.get_usage().splitlines(), f"Try '{context.command_path} --help' for help."]
    return [*usage, wrong]


def require_utf8(typed: Sequence[str]) -> None:
    """Names that are not UTF-8 cannot be stored, so a run of theirs would be lost at its end."""
    for word in typed:
        try:
            word.encode("utf-8")
        except UnicodeEncodeError:
            raise InputError([f"{word}: not a text in UTF-8; allowed: names in UTF-8"]) from None


def note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    """A warning as one line; those of libraries say whose they are."""
    kind = "Note" if issubclass(category, InputNote) else category.__name__
    print(terminal(f"{kind}: {message}"), file=sys.stderr)
