"""The sentences that every form of a check's result shares."""

from collections.abc import Iterator, Sequence

from sim.report.gating.result import HOLDS, MEANING, Checked, Row, exit_code

MOMENTS = 40  # more of a timeline than this is not read; `--json` has all of it
_COUNTED = (("fail", "failed"), ("unknown", "unknown"), ("pass", "passed"))


def label(found: Checked, row: Row) -> str:
    """Which promise, where: scenario, design, replication if there is one, seed, title."""
    where = "" if row.case is None else f", replication {row.case.replication}"
    return f"{found.scenario}, {row.design}{where}, seed {found.seed}: {row.title}"


def details(row: Row) -> Iterator[str]:
    """Everything about one promise that did not pass, line by line."""
    yield row.statement
    yield f"Found: {row.found}."
    if row.case is not None:
        yield f"Witness: {row.case.what}."
        if row.case.cause:
            yield f"Cause: {row.case.cause}."
        yield from timeline(row.case.timeline)
    yield f"Replay: {row.replay}"


def timeline(moments: Sequence[tuple[float, str]]) -> Iterator[str]:
    """One line per moment, times aligned, the middle of a long one left out."""
    if len(moments) <= MOMENTS:
        yield from (f"{time_s:12.6f} s  {what}" for time_s, what in moments)
        return
    half = MOMENTS // 2
    yield from timeline(moments[:half])
    yield f"{'...':>14}  {len(moments) - 2 * half} more; all of them with --json"
    yield from timeline(moments[-half:])


def tally(found: Sequence[Checked]) -> str:
    """How many promises failed, are unknown, passed."""
    states = [row.state for one in found for row in one.rows]
    parts = [f"{states.count(state)} {word}" for state, word in _COUNTED if state in states]
    noun = "promise" if len(states) == 1 else "promises"
    return f"{len(states)} {noun}: {', '.join(parts)}"


def ending(found: Sequence[Checked], *, strict: bool) -> str:
    """The last line: what was found and what the exit code says."""
    code = exit_code(found, strict=strict)
    text = f"{tally(found)}. Exit code {code}: {MEANING[code]}"
    doubt = any(row.state == "unknown" for one in found for row in one.rows)
    if code == HOLDS and doubt:
        return f"{text}; unknown is no pass: --strict fails on it."
    return f"{text}."


def effort(found: Checked) -> str:
    """What was run."""
    if found.replication is not None:
        return f"replication {found.replication} alone, seed {found.seed}"
    first, last = found.looks[0], found.looks[-1]
    looks = f"looks from {first} to {last}" if last > first else "one look"
    return f"{found.replications} replications, seed {found.seed} ({looks})"
