"""Plays cases in this process and says which of them end as no command may end.

A watchdog ends what takes too long, and memory is bounded. Most worlds are not simulated, and most
reports not drawn: stand-ins take their place, as in the tests of what is around a run.
"""

import contextlib
import functools
import io
import os
import re
import resource
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import fake_experiment
import typer.main

from tests.fuzz.cases import Case, made

LONGEST_S = 60.0
MOST_BYTES = 6 * 2**30
GOOD_CODES = (0, 2, 3, 4, 5, 6)
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


_COMMAND = functools.cache(typer.main.get_command)  # a fifth of a second each time


class TooLong(BaseException):
    """The watchdog's; no `except Exception` holds it up."""


@dataclass(slots=True)
class Ended:
    """How one case ended."""

    number: int
    kind: str
    words: list[str]
    code: int | None
    printed: str
    lasted_s: float

    @property
    def fault(self) -> str | None:
        """What no command may do, if it did."""
        if self.code is None:
            return f"takes longer than {LONGEST_S:g} s"
        if self.code not in GOOD_CODES:
            return f"exit code {self.code}"
        if "Traceback" in self.printed or "mistake in rtcsim" in self.printed:
            return "a crash in its output"
        if self.code == 2 and not self.printed.strip():
            return "refused without a word"
        if found := _STEERING.search(self.printed):
            return f"{found[0]!r} in its output"
        return None


@dataclass(slots=True)
class Campaign:
    """What a campaign has found so far."""

    codes: Counter[str] = field(default_factory=Counter)
    faults: list[Ended] = field(default_factory=list)
    slowest: Ended | None = None

    def add(self, ended: Ended) -> None:
        self.codes[f"{ended.kind} {ended.code}"] += 1
        if ended.fault:
            self.faults.append(ended)
        if self.slowest is None or ended.lasted_s > self.slowest.lasted_s:
            self.slowest = ended


@contextlib.contextmanager
def room(folder: Path) -> Iterator[None]:
    """A folder to be in, with a sound result and a baseline in it; memory is bounded."""
    before, limit = Path.cwd(), resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_BYTES if limit[1] == resource.RLIM_INFINITY else min(MOST_BYTES, limit[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, limit[1]))
    os.chdir(folder)
    try:
        _furnish()
        yield
    finally:
        os.chdir(before)
        resource.setrlimit(resource.RLIMIT_AS, limit)


def _furnish() -> None:
    from tests.fuzz.cases import WORLD
    from tests.fuzz.odd import toml

    Path("c.toml").write_text(toml(WORLD), "utf-8")
    few = ["--workers", "1", "--quiet"]
    for words in (
        ["compare", "c.toml", *few, "--out", "made"],
        ["baseline", "c.toml", *few, "--out", "baseline.json"],
    ):
        ended = play(0, "furnish", Case(words, simulate=True))
        assert ended.code == 0, ended.printed
    (folder,) = Path("made").iterdir()
    folder.rename("good")


def play(number: int, kind: str, case: Case) -> Ended:
    """Write the files, type the words, and see how it ends."""
    for name, content in case.files.items():
        place = Path(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    printed, begun_s = io.StringIO(), time.monotonic()
    both = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed)
    with both[0], both[1], _stand_ins(case):
        code = _typed(case.words)
    lasted_s = time.monotonic() - begun_s
    for name in case.files:
        Path(name).unlink(missing_ok=True)
    for left in ("o", "results"):
        shutil.rmtree(left, ignore_errors=True)
    return Ended(number, kind, case.words, code, printed.getvalue(), lasted_s)


def _typed(words: list[str]) -> int | None:
    """The exit code of a command, None when the watchdog had to end it."""
    from sim.cli import main

    before = signal.signal(signal.SIGALRM, _bark)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        main(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except TooLong:
        return None
    except BaseException as error:  # noqa: BLE001 - --debug raises whatever it is
        print(f"Traceback: {error!r}")
        return 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return 0


def _bark(signum: int, frame: FrameType | None) -> None:
    raise TooLong


@contextlib.contextmanager
def _stand_ins(case: Case) -> Iterator[None]:
    """Replications that cost nothing, reports that draw nothing, and the command made once."""
    import sim.experiment.estimate
    import sim.experiment.gates.verdicts
    import sim.experiment.run
    import sim.metrics
    import sim.packages
    import sim.report

    places: list[tuple[object, str, object]] = [
        (typer.main, "get_command", _COMMAND),
        (sim.packages, "entry_points", lambda group: ()),
    ]
    if not case.simulate:
        places.append((sim.experiment.estimate, "estimate", lambda plan: None))
        places += [
            (module, name, getattr(fake_experiment, name))
            for module, name in (
                (sim.experiment.run, "run_replication"),
                (sim.metrics, "measure"),
                (sim.experiment.gates.verdicts, "verdicts"),
            )
        ]
    if not case.draw:
        places.append((sim.report, "write_report", fake_experiment.write_report))
    real = [getattr(module, name) for module, name, _ in places]
    for module, name, stand_in in places:
        setattr(module, name, stand_in)
    try:
        yield
    finally:
        for (module, name, _), one in zip(places, real, strict=True):
            setattr(module, name, one)


def campaign(cases: int, seed: int, first: int = 0) -> Campaign:
    """Play so many cases in the current folder, from number `first` on."""
    found = Campaign()
    for number in range(first, first + cases):
        kind, case = made(number, seed)
        found.add(play(number, kind, case))
    return found


def told(one: Ended) -> str:
    """One fault in two lines."""
    words = " ".join(repr(word[:80]) for word in one.words)
    last = one.printed.strip().splitlines()[-2:] or [""]
    return f"{one.number} ({one.kind}): {one.fault}: {words}\n    {' | '.join(last)[:300]}"
