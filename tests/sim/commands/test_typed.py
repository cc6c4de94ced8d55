"""Words that no command can take, and the lines about them."""

from typing import Literal

import pytest
import typer

from sim.commands.typed import USAGE_ERROR, note, require_utf8, usage
from sim.errors import InputError, InputNote


def test_whatever_is_no_text_is_refused():
    require_utf8(["compare", "é 😀", ""])
    with pytest.raises(InputError, match="not a text in UTF-8"):
        require_utf8(["compare", "\udcfe.toml"])


def test_a_note_is_one_line_that_steers_nothing(capsys):
    note(InputNote("a\x1b[31m\nb"), InputNote, "file", 1)
    note("old", DeprecationWarning, "file", 1)
    assert capsys.readouterr().err.splitlines() == [
        r"Note: a\x1b[31m\nb",
        "DeprecationWarning: old",
    ]


def test_wrong_usage_is_told_below_the_right_one():
    app = typer.Typer()

    @app.command()
    def one(count: int) -> None:
        """One."""

    with pytest.raises(USAGE_ERROR) as caught:
        app(["x"], prog_name="one", standalone_mode=False)
    lines = usage(caught.value)
    assert lines[0].startswith("Usage: one ")
    assert lines[-2] == "Try 'one --help' for help."
    assert lines[-1].startswith("Error: Invalid value")


def test_an_error_without_a_command_is_told_alone():
    assert usage(typer.BadParameter("odd")) == ["Error: Invalid value: odd"]


def test_a_word_that_is_none_of_those_allowed_is_told_without_the_words_of_a_library():
    app = typer.Typer()

    @app.command()
    def one(kind: Literal["fast", "slow"]) -> None:
        """One."""

    with pytest.raises(USAGE_ERROR) as caught:
        app(["odd"], prog_name="one", standalone_mode=False)
    said = usage(caught.value)[-1]
    assert said.startswith("Error: Invalid value for ")
    assert "'odd' is not one of 'fast', 'slow'" in said
    assert "Value error" not in said
