"""What a finished run prints: the answer first, then the table, then where to look and go on."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from sim.commands.options import RunOptions, other_command
from sim.experiment.errors import ConservationError
from sim.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console, RenderableType, RenderHook

    from sim.experiment.runner import Outcome, Plan
    from sim.report.stored import Results

    View = Callable[[Outcome, Plan], Iterator[RenderableType]]

Summary = Mapping[str, Any]
WIDTH = 100


def show(outcome: "Outcome", plan: "Plan", options: RunOptions, view: "View") -> None:
    """Print a finished run.

    Raises `ConservationError` when its books do not add up, and `InputError` or `ReportError` when
    there is no report, by the system's or by our fault.
    """
    from rich.text import Text

    from sim.experiment.store import as_json
    from sim.experiment.summary import adds_up

    if options.json:
        sys.stdout.write(as_json(outcome.summary))
    else:
        console = console_for_results()
        console.print(Text(outcome.summary["answer"], style="bold"))
        for part in _where(outcome) if options.quiet else view(outcome, plan):
            # Paths and commands are plain texts and stay in one piece, to be copied.
            console.print(part, soft_wrap=isinstance(part, str), markup=False)
    if not adds_up(outcome.summary):
        raise ConservationError(_books(outcome.summary))
    if outcome.undrawn is not None:
        raise _ending(outcome)


def _ending(outcome: "Outcome") -> Exception:
    from sim.errors import InputError
    from sim.experiment.errors import ReportError

    line = outcome.why_undrawn
    return InputError([line]) if isinstance(outcome.undrawn, OSError) else ReportError(line)


def console_for_results() -> "Console":
    """Standard output, at most as wide as a table stays readable; what is piped is not wrapped.

    Whatever is printed through it reaches the terminal as what can be seen, and nothing else.
    """
    from rich.console import Console

    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    console.push_render_hook(cast("RenderHook", _OnlyVisible()))
    return console


class _OnlyVisible:
    """Spells out the controls in names and texts, after rich has laid out what is printed."""

    def process_renderables(self, renderables: "list[Any]") -> "list[Any]":
        return [_Visible(one) for one in renderables]


class _Visible:
    """One renderable whose segments hold no control characters; line ends are rich's own."""

    def __init__(self, inner: "Any") -> None:
        self.inner = inner

    def __rich_console__(self, console: "Console", options: Any) -> "Iterator[Any]":
        from rich.segment import Segment

        for segment in console.render(self.inner, options):
            lines = [terminal(line) for line in segment.text.split("\n")]
            text = segment.text if segment.control else "\n".join(lines)
            yield Segment(text, segment.style, segment.control)


def comparison(outcome: "Outcome", plan: "Plan") -> Iterator["RenderableType"]:
    """The table of a comparison, what its differences come from, and what to do next."""
    from rich.text import Text

    from sim.report import selection, stored
    from sim.report.footing import AS_SHIPPED, ON_EQUAL, changed, lines
    from sim.report.terminal import headline

    summary = outcome.summary
    equal = stored.equal(summary)
    if equal:
        yield Text(f"\n{ON_EQUAL}", style="bold")
        yield headline(equal)
        yield from (Text(f"• {line}") for line in selection.lines(equal))
    yield from (Text(f"• {line}") for line in lines(summary))
    if equal:
        yield Text(f"\n{AS_SHIPPED}", style="bold")
    yield headline(summary)
    yield from (Text(f"• {line}") for line in selection.lines(summary))
    yield from (Text(f"• {line}") for line in changed(summary))
    yield from _notes(summary)
    yield from closing(outcome, plan)
    one = other_command(plan.command, "run", plan.designs[0].name)
    yield f"Next: open the report, or see one design: {one}"


def single(outcome: "Outcome", plan: "Plan") -> Iterator["RenderableType"]:
    """Every metric of one design."""
    import rich.box
    from rich.table import Table
    from rich.text import Text

    from sim.report import stored, wording

    (design,) = plan.designs
    results = stored.from_summary(outcome.summary)
    yield Text(f"{design.name}: {design.summary}", "dim italic")
    table = Table(box=rich.box.SIMPLE_HEAD)
    table.add_column("metric", overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    for metric, found in results.designs[design.name].items():
        scale = wording.scale_for(found.unit, [found.value])
        interval = wording.interval_text(found, scale)
        table.add_row(wording.label(metric).long, wording.plain_text(found), interval)
    yield table
    yield from _mishaps(results)
    yield from _notes(outcome.summary)
    yield from closing(outcome, plan)
    every = other_command(plan.command, "compare")
    yield f"Next: open the report, or see all designs: {every}"


def _mishaps(results: "Results") -> Iterator["RenderableType"]:
    """What each kind of incident cost the one design, a row each."""
    import rich.box
    from rich.table import Table

    from sim.report import incidents

    if not (kinds := incidents.kinds(results)):
        return
    table = Table(box=rich.box.SIMPLE_HEAD)
    table.add_column("what a mishap costs", overflow="fold")
    for words in ("times", "lasts", "people", *incidents.PARTS):
        table.add_column(words, justify="right")
    for kind in kinds:
        [cost] = kind.costs
        table.add_row(kind.words, kind.number, kind.lasting, cost.people, *cost.messages)
    yield table
    yield "Messages count per person they were owed to; for each time, the last line in all."


def _notes(summary: Summary) -> Iterator["RenderableType"]:
    """What the designs' own descriptions say of their differences, and a warm-up that is short."""
    from rich.text import Text

    for note in summary["notes"]:
        yield Text(f"• {note}")


def closing(outcome: "Outcome", plan: "Plan") -> Iterator["RenderableType"]:
    """The books, what is not yet precise, where results are, and how to repeat them."""
    from rich.text import Text

    summary = outcome.summary
    yield Text(_books(summary))
    if outcome.resumed:
        yield Text(f"{outcome.resumed} replications were found finished from an earlier run.")
    if outcome.damaged:
        yield Text(f"{outcome.damaged} more were found damaged and run again.")
    if summary["suggestion"]:
        yield Text(summary["suggestion"])
    yield from _where(outcome)
    yield f"Repeat:  {plan.command}"
    yield f"Digest:  {summary['digest']}"


def _where(outcome: "Outcome") -> Iterator[str]:
    yield f"Results: {outcome.folder}"
    if outcome.undrawn is None:
        yield f"Report:  {outcome.folder / 'report.html'}"


def _books(summary: Summary) -> str:
    """Conservation in one line."""
    from sim.experiment.summary import every_book

    books = every_book(summary).values()
    owed = sum(one["receptions_owed"] for one in books)
    lost = sum(one["lost"] for one in books)
    held = sum(one["undelivered"] for one in books)
    unexplained = sum(one["unexplained"] for one in books)
    if not all(one["adds_up"] for one in books):
        return f"Does not add up: {unexplained:,} of {owed:,} receptions owed are unaccounted for."
    delivered = owed - lost - held
    parts = f"{delivered:,} delivered + {lost:,} lost + {held:,} still undelivered"
    return f"Adds up: {owed:,} receptions owed = {parts}."
