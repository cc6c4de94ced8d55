"""The folder of a finished sweep: data first, drawn afterwards; read again as values."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.findings import Picture, picture_in
from sim.experiment.provenance import provenance
from sim.experiment.runner import Outcome
from sim.experiment.store import as_json, draw, require_writable
from sim.experiment.sweep.dataset import flat
from sim.experiment.sweep.page import SUMMARY, write
from sim.experiment.sweep.plan import Plan
from sim.experiment.sweep.run import Finished, Progress, finish
from sim.experiment.sweep.summary import summarise
from sim.experiment.sweep.tables import as_csv
from sim.files import folders
from sim.files.writing import reason
from sim.metrics import METRICS
from sim.scenario.write import to_toml

if TYPE_CHECKING:
    import pandas as pd

CELLS = "cells.parquet"


def run(plan: Plan, progress: Progress = lambda pace: None) -> Outcome:
    """Compute what is not stored yet, sum up, and store the folder of results.

    Raises as `finish` does.
    """
    finished = finish(plan, progress)
    summary = summarise(plan, finished)
    try:
        target = _published(plan, finished, summary)
    except OSError as error:
        kept = f"all cells are finished and kept; go on with: {plan.resume}"
        place = plan.asked.request.out
        raise InputError([f"{place}: {reason(error)}; {kept}"]) from None
    return Outcome(target, summary, finished.resumed, finished.damaged, _drawn(target))


def _published(plan: Plan, finished: Finished, summary: Mapping[str, Any]) -> Path:
    """The folder of results, whole at its place."""
    target = plan.asked.request.out / f"{plan.scenario.name}-sweep-{summary['digest'][:12]}"
    with folders.staged(target, lambda fresh: not folders.same(fresh, target)) as fresh:
        (fresh / SUMMARY).write_text(as_json(summary), "utf-8")
        (fresh / "sweep.csv").write_text(as_csv(summary), "utf-8")
        (fresh / "scenario.toml").write_text(to_toml(plan.scenario), "utf-8")
        told = provenance(plan.scenario, plan.command)
        (fresh / "provenance.json").write_text(as_json(told), "utf-8")
        (fresh / CELLS).write_bytes(_cells(plan, finished))
    return target


def look_ahead(plan: Plan, tell: Callable[[str], None]) -> None:
    """Load compiled code, and tell how long a long sweep will take, by its longest cells.

    Raises `InputError` for one that cannot fit, unless it is to run anyway, or that has no place.
    """
    from sim.experiment.estimate import estimate, require_fit
    from sim.experiment.preparing import prepare
    from sim.experiment.runner import Plan as Run

    require_writable(plan.asked.request.out)  # before code is compiled, which takes a while
    if plan.asked.dask is not None:
        return
    request, whole = plan.asked.request, sum(one.load for one in plan.cells)
    longest = max(plan.cells, key=lambda one: one.load)
    designs = {one.design.name: one.design for one in plan.cells if one.point == longest.point}
    replications = max(1, round(whole / longest.load / len(designs)))
    scenario = longest.scenario.model_copy(
        update={"designs": tuple(designs), "replications": replications}
    )
    run = Run(scenario, tuple(designs.values()), request.out, plan.command, plan.resume,
              workers=request.workers)  # fmt: skip
    prepare(run, tell)
    if (found := estimate(run)) is not None:
        if not request.anyway:
            require_fit(found)
        tell(str(replace(found, replications=len(plan.cells))))


def _drawn(folder: Path) -> Exception | None:
    try:
        draw(folder, write)
    except Exception as error:  # noqa: BLE001
        return error
    return None


def _cells(plan: Plan, finished: Finished) -> bytes:
    """A row per cell as Parquet: swept values, design, replication, every figure."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    cells = plan.cells
    columns: dict[str, Any] = {
        "cell": [one.digest for one in cells],
        "point": [one.point for one in cells],
        "design": [one.design.name for one in cells],
        "replication": [one.replication for one in cells],
    }
    for at, axis in enumerate(plan.axes):
        columns[axis.key] = [plan.points.values[one.point][at] for one in cells]
    figures = [flat(finished.measures[one.digest]) for one in cells]
    for metric in METRICS:
        columns[metric.name] = pa.array([one[metric.name] for one in figures], pa.float64())
    made = io.BytesIO()
    pq.write_table(pa.table(columns), made, compression="zstd")
    return made.getvalue()


@dataclass(frozen=True, slots=True)
class Swept:
    """A finished sweep: its folder and `sweep.json` as values and data frames.

    In a notebook it shows its answer and its first picture.
    """

    folder: Path
    summary: Mapping[str, Any]

    @property
    def answer(self) -> str:
        """Who is best where, and where it crosses, in two lines."""
        return str(self.summary["answer"])

    @property
    def estimates(self) -> pd.DataFrame:
        """A row per point, design and metric: swept values, value, low, high (95 %), unit, n, best.

        What never came is infinite.
        """
        import pandas as pd

        frame = pd.read_csv(self.folder / "sweep.csv", na_values=[""], keep_default_na=False)
        frame["value"] = frame["value"].replace("never", "inf").astype(float)
        return frame

    @property
    def crossings(self) -> pd.DataFrame:
        """A row per place where two designs change places: metric, what is fixed, before, beyond,
        at, low, high."""
        import pandas as pd

        rows = [
            {"metric": curve["metric"], **curve["fixed"], **one}
            for curve in self.summary["curves"]
            for one in curve["crossings"]
        ]
        return pd.DataFrame(rows, columns=None if rows else
                            ["metric", "before", "beyond", "at", "low", "high"])  # fmt: skip

    @property
    def sensitivity(self) -> pd.DataFrame:
        """A row per metric, design and key: how much it moves the figure, with half its 95 %
        interval; empty without --sample morris or saltelli."""
        import pandas as pd

        rows = [
            {"metric": of["metric"], "design": of["design"], **row}
            for of in self.summary["sensitivity"]
            for row in of["rows"]
        ]
        return pd.DataFrame(rows, columns=None if rows else
                            ["metric", "design", "key", "moves", "half", "is_clear"])  # fmt: skip

    @property
    def cells(self) -> pd.DataFrame:
        """A row per point, design and replication, one column per swept key and per metric."""
        import pandas as pd

        return pd.read_parquet(self.folder / CELLS)

    def picture(self, name: str) -> Picture:
        """A drawing of the report, as "curves-late_1s". Raises `InputError` for another one."""
        return picture_in(self.folder, name)

    def _repr_html_(self) -> str:
        """The answer and the first picture, where a notebook ends a cell with it."""
        import html

        plots = sorted((self.folder / "plots").glob("*.svg"))
        picture = plots[0].read_text("utf-8") if plots else ""
        return f"<p>{html.escape(self.answer)}</p>{picture}"
