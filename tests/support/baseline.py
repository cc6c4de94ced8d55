"""Makes a finished run the baseline that the README shows: `python baseline.py RESULT_FOLDER`.

Keeps what a reader wants to see without running anything, and writes the table into the README.
"""

import io
import shutil
import sys
from pathlib import Path

from rich.console import Console

from sim import read_results
from sim.report.footing import AS_SHIPPED, ON_EQUAL
from sim.report.terminal import headline

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BASELINE = ROOT / "results" / "baselines" / "commuter-day"
KEPT = ("summary.json", "summary.csv", "scenario.toml", "provenance.json", "report.html", "plots")
BEGIN, END = "<!-- table -->\n", "<!-- /table -->\n"


def table(folder: Path) -> str:
    """The answer and the tables of a result folder as the command prints them, and of which run."""
    found = read_results(folder)
    printed = io.StringIO()
    console = Console(file=printed, width=80)
    if found.equal is not None:
        console.print(f"{found.answer}\n\n{ON_EQUAL}", highlight=False)
        console.print(headline(found.equal.summary))
        console.print(f"\n{AS_SHIPPED}", highlight=False)
    console.print(headline(found.summary))
    lines = "\n".join(line.rstrip() for line in printed.getvalue().splitlines())
    run = f"{found.summary['replications']} replications, seed {found.summary['seed']}"
    return f"```text\n{lines}\n```\n\n{run}, digest `{found.summary['digest'][:12]}`.\n"


def parts(text: str) -> tuple[str, str, str]:
    """The README before, inside and after its table."""
    before, _, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before, inside, after


def main(folder: Path) -> None:
    """Replace the baseline and the README's table."""
    shutil.rmtree(BASELINE, ignore_errors=True)
    BASELINE.mkdir(parents=True)
    for name in KEPT:
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copy
        copy(folder / name, BASELINE / name)
    before, _, after = parts(README.read_text("utf-8"))
    README.write_text(f"{before}{BEGIN}{table(BASELINE)}{END}{after}", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
