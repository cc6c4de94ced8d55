"""Reports: what a stored result folder says, as pictures, one HTML page and a console table.

Reads stored results only (summary.json and its neighbours), so a report can be rebuilt at any
time; never the engine, never a design.
"""

from pathlib import Path


def write_report(folder: Path, unchecked: str = "") -> None:
    """Write plots/*.svg and report.html into a result folder, from what is stored there.

    `unchecked` says why its figures were not recomputed from its replications, when they were not.
    Equal results give equal bytes. Raises `InputError` when something stored is damaged.
    """
    from sim.report import page  # late: templates and shapes take a tenth of a second

    page.write(folder, unchecked)
