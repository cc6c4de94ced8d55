"""How the command ends: every way has its exit code, and bad input never a traceback.

What can be typed, `sim.commandline` says. Heavy imports happen inside commands, so that `--help`
answers at once. Exit codes: 0 done, 1 crash, 2 bad input, 130 Ctrl-C; of `validate` also 3 target
missed; of `hunt` and `check` also 3 safety violated, 4 liveness violated; of `check` 5 unknown
(--strict), 6 not comparable.
"""

import errno
import os
import signal
import sys
import warnings
from collections.abc import Sequence

import typer

from sim.commandline import files, promises, questions
from sim.commandline.app import app
from sim.commands.typed import USAGE_ERROR, note, require_utf8, usage
from sim.errors import InputError, InputNote
from sim.experiment.errors import Interrupted, ReportError
from sim.files.writing import reason
from sim.report.escape import terminal

BAD_INPUT, CRASH, INTERRUPTED, NOBODY_READS = 2, 1, 130, 141
_LONGEST_NAME = 200  # of a file, in a line that says what is wrong with it

for room in (questions, promises, files):  # as `--help` shows them
    app.add_typer(room.commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; every way to end has its exit code, and bad input never a traceback."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if typed[:1] == ["--version"]:
        from importlib.metadata import version

        print(f"rtcsim {version('rtcsim')}")
        return
    debug = "--debug" in typed
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to end is Ctrl-C, too
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", InputNote)
            warnings.showwarning = note
            require_utf8(typed)
            _run([word for word in typed if word != "--debug"])
    except InputError as error:
        _end(BAD_INPUT, error.messages)
    except Interrupted as stop:
        kept = f"Interrupted: {stop.finished} of {stop.total} replications are finished and kept."
        _end(INTERRUPTED, [kept, f"Go on with: {stop.resume}"])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nor at the very end
        sys.exit(NOBODY_READS)
    except KeyboardInterrupt:
        _end(INTERRUPTED, ["Interrupted; nothing unfinished is kept."])
    except ReportError as error:
        _end(CRASH, [str(error)])
    except OSError as error:
        if debug:
            raise
        where = f"{_in_short(str(error.filename))}: " if error.filename else ""
        _end(BAD_INPUT, [f"{where}{reason(error)}; --debug shows where in rtcsim this was met"])
    except Exception as error:
        if debug:
            raise
        words = str(error) or type(error).__name__
        hint = "This is a mistake in rtcsim or in a design; --debug shows the traceback."
        _end(CRASH, [f"rtcsim crashed: {words}", hint])


def _run(words: list[str]) -> None:
    """The command proper. What is wrong with its usage leaves as an `InputError`, too."""
    try:
        code = app(words, prog_name="rtcsim", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except USAGE_ERROR as error:
        raise InputError(usage(error)) from None
    except SystemExit as ended:  # typer's own way with a reader that has gone
        if getattr(ended.__context__, "errno", None) == errno.EPIPE:
            raise BrokenPipeError from None
        raise
    if code == INTERRUPTED:  # what newer versions of typer make of Ctrl-C
        raise KeyboardInterrupt
    sys.exit(code if isinstance(code, int) else 0)


def _in_short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _end(code: int, lines: Sequence[str]) -> None:
    """One line for each: what came from outside cannot begin another, nor steer the terminal."""
    print("\n".join(map(terminal, lines)), file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
