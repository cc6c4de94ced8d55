"""Prints the score as Markdown: `python -m tests.mutation.score > docs/mutation.md`.

Tries every planted fault, which takes some minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.mutation.fault import Complaint, Planted
from tests.mutation.planted import PLANTED
from tests.mutation.trial import tried

KINDS: Final[Mapping[str, str]] = {
    "guarantee": "a guarantee that a design promises is violated",
    "recovery": "what is sent long after everything has healed is lost",
    "conformance": "a check that binds every design complains (`tests/conformance`)",
    "play": "a run crashes",
    "recording": "a machine writes other packets than real software did (`tests/validation`)",
    "property": "a property of a machine does not hold (`tests/properties`)",
}
INTRODUCTION: Final = """\
# Mutation: are the checks any good?

A check that never fails proves nothing. So mistakes that developers make are planted in the
machines, the channels and the service, one at a time, and the project's own checks have to catch
each. The checks do not know the mistakes. A mutant plays small chats under a few hundred schedules
of faults, on designs that run through the place; it has to write the packets that real software
wrote, and to pass the property tests. The code as it is passes all of that.

```bash
python -m pytest tests/mutation                     # every fourth fault is caught, nothing else is
python -m pytest -m mutants tests/mutation          # so are the others: some minutes
python -m tests.mutation.score > docs/mutation.md   # makes this page
python -m tests.mutation.hunted                     # how soon a hunt finds each of them
```

A fault is a row of `tests/mutation/planted_*.py`: a file, the text that stands there, once, and
what a mistaken developer wrote instead. A mutant runs in a process of its own, whose import system
changes the source before it is compiled. Some checks were made stronger because a mutant got past
them; a mutant that still does is listed with the reason.
"""


def score_line() -> str:
    """Caught and planted, as the page says it; the suite holds the table to it."""
    caught = sum(not fault.survives for fault in PLANTED.values())
    return f"**Score: {caught} of {len(PLANTED)} planted faults are caught.**"


def page(found: Mapping[str, Complaint | None]) -> str:
    """The whole page, given what first complained of each fault."""
    kinds = Counter(one.kind for one in found.values() if one is not None)
    rows = [_row(PLANTED[name], complaint) for name, complaint in found.items()]
    lines = [
        INTRODUCTION,
        "## Score\n",
        score_line(),
        "",
        "| Mutants | What gave them away first |",
        "|---:|---|",
        *(f"| {kinds[kind]} | {words} |" for kind, words in KINDS.items() if kinds[kind]),
        "",
        "## Faults\n",
        "| Fault | Planted in | Caught by |",
        "|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _row(fault: Planted, complaint: Complaint | None) -> str:
    place = fault.path.removeprefix("models/").removesuffix(".py")
    return f"| {fault.what[0].upper()}{fault.what[1:]} | `{place}` | {_words(fault, complaint)} |"


def _words(fault: Planted, complaint: Complaint | None) -> str:
    if complaint is None:
        return f"survives: {fault.survives or 'no check complains'}"
    if complaint.kind in ("guarantee", "recovery", "conformance", "play"):
        subject = complaint.detail.partition(" under ")[0]
        return f"{complaint.check.replace('_', ' ')} ({subject})"
    return f"{complaint.kind}: {complaint.check.replace('_', ' ')}"


def main() -> None:
    """Try all and print the page."""
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(PLANTED, pool.map(tried, PLANTED.values()), strict=True))
    print(page(found), end="")


if __name__ == "__main__":
    main()
