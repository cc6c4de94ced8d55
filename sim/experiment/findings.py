"""What a comparison found, as data frames and pictures: for notebooks and further analysis.

Reads a result folder and nothing else. Leaves out how the numbers came about (`runner`,
`statistics`) and the page (`sim.report`).
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import InputError
from sim.experiment.store import read_measures, read_summary, read_text
from sim.metrics.judged import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pandas import DataFrame, MultiIndex


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored drawing; a notebook shows it by itself."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


def picture_in(folder: Path, name: str) -> Picture:
    """A drawing of this result folder. Raises `InputError` for one that it does not have."""
    drawn = {path.stem: path for path in sorted((folder / "plots").glob("*.svg"))}
    if name not in drawn:
        raise InputError([f"no picture '{name}'; allowed: {', '.join(drawn)}"])
    return Picture(read_text(drawn[name]))


@dataclass(frozen=True, slots=True, repr=False)
class Findings:
    """One result folder. Times in seconds, sizes in bytes, shares from 0 to 1.

    Frames are made when asked for; changing one changes nothing else.

    >>> import sim
    >>> small = {"people.count": 20, "time.measure_s": 20}
    >>> found = sim.compare(designs=["hybrid"], changes=small, replications=2, workers=1)
    >>> found.folder.name.startswith("commuter-day-")
    True
    """

    folder: Path
    summary: Mapping[str, Any]
    unchecked: str = ""
    """Why the figures were not recomputed from the replications; "" when they were and agree."""

    def __repr__(self) -> str:
        return f"Findings({self.folder})"

    def _repr_html_(self) -> str:
        """The answer and the headline table, where a notebook ends a cell with it."""
        return f"<p>{html.escape(self.answer)}</p>{self.table().to_html()}"

    @property
    def answer(self) -> str:
        """The answer to the scenario's question, with its intervals."""
        return str(self.summary["answer"])

    @property
    def equal(self) -> Findings | None:
        """The same designs on equal footing; None for a run that compared them on one only.

        `lacks` and `stands` of `summary["footing"]` say what each is there and cannot have.
        """
        from sim.report import stored

        found = stored.equal(self.summary)
        return Findings(self.folder, found, self.unchecked) if found else None

    @property
    def designs(self) -> list[str]:
        """Names in the order of the run."""
        return list(self.summary["conservation"])

    @property
    def estimates(self) -> DataFrame:
        """One row per design and metric: value, low, high (95 %), unit, n, better, verdict.

        What never came is infinite. A figure that the runs do not hold is nan, and `refused` says
        why.
        """
        verdicts = self.summary["verdicts"]
        rows = [
            {"design": design, "metric": metric, **found, **_never(found)}
            | {"verdict": verdicts[design].get(metric)}
            for design in self.designs
            for metric, found in self.summary["designs"][design].items()
        ]
        columns = ["design", "metric", "value", "low", "high", "unit", "n", "better", "verdict"]
        return _frame(rows, [*columns, "refused"]).set_index(["design", "metric"])

    @property
    def comparisons(self) -> DataFrame:
        """One row per metric and pair: `b` minus `a` in paired replications, and the verdict.

        `margin` is the difference worth caring about, `detectable` the least that these runs see in
        four cases of five, `needs` how many replications would do.
        """
        columns = ["metric", "a", "b", "difference", "low", "high", "p_corrected", "verdict"]
        columns += ["reason", "margin", "detectable", "needs"]
        return _frame(self.summary["comparisons"], columns).set_index(["metric", "a", "b"])

    @property
    def conservation(self) -> DataFrame:
        """Where every owed reception went: one row per design, added over replications."""
        return _frame(self.summary["conservation"]).T.drop(columns="causes").infer_objects()

    @property
    def causes(self) -> DataFrame:
        """Of what messages died, once per person: one row per design, one column per cause."""
        books = self.summary["conservation"]
        return _frame({name: books[name]["causes"] for name in books}).T.fillna(0).astype(int)

    @property
    def incidents(self) -> DataFrame:
        """What went wrong and what it cost: one row per design and kind, added over replications.

        How many, their length together, people touched; receptions lost, late, shown twice.
        """
        told = self.summary["incidents"]
        rows = [
            {"design": design, "kind": kind, **cost}
            for design in self.designs
            for kind, cost in told[design].items()
        ]
        columns = ["design", "kind", "number", "lasted_s", "people", "lost", "late", "twice"]
        return _frame(rows, columns).set_index(["design", "kind"])

    @property
    def guarantees(self) -> DataFrame:
        """A row per design and guarantee: state, claimed, checked, violations, violated_in, found.

        Over all replications; `violated_in` counts those that violate, `found` says it in words.
        """
        told = self.summary["guarantees"]
        rows = [
            {"design": design, "guarantee": guarantee, **row}
            for design in self.designs
            for guarantee, row in told.get(design, {}).items()
        ]
        columns = ["design", "guarantee", "state", "claimed", "checked", "violations"]
        columns += ["violated_in", "found"]
        return _frame(rows, columns).set_index(["design", "guarantee"])

    @property
    def series(self) -> DataFrame:
        """Means over replications, second by second; one row per design and time."""
        return self._long("series", "time_s")

    @property
    def ccdf(self) -> DataFrame:
        """Share of owed receptions that took longer, lost ones included; one column per design."""
        return self._long("ccdf", "latency_s")["share"].unstack("design")[self.designs]

    @property
    def replications(self) -> DataFrame:
        """One row per design and replication, one column per metric; rates as shares, what never
        came infinite."""
        found = read_measures(self.folder).values()
        rows = [{name: number(value) for name, value in one["metrics"].items()} for one in found]
        numbered = [(one["design"], one["replication"]) for one in found]
        frame = _frame(rows).astype(float).set_axis(_index(numbered, ["design", "replication"]))
        return frame.sort_index()

    @property
    def descriptions(self) -> DataFrame:
        """What each design is: one column per design, one row per choice."""
        told = self.summary["descriptions"]
        flat = {name: {**told[name]["channels"], **told[name]} for name in self.designs}
        return _frame(flat).drop(index="channels").fillna("")

    def table(self, *metrics: str) -> DataFrame:
        """Values with interval and verdict as the report words them; by default its headline.

        Marks against the reference ◆: better ✓, worse ✗, equal =, too few runs ○, not
        distinguishable ≈; no mark where nothing was judged.
        """
        from sim.report import stored, tables

        spec = tables.OVERVIEW
        if metrics:
            spec = tables.TableSpec("", "", "", metrics)
        shown = tables.table(stored.from_summary(self.summary), spec)
        heads = [f"{one.label}, {one.unit}" if one.unit else one.label for one in shown.columns]
        cells = [[_cell(cell) for cell in row.cells] for row in shown.rows]
        names = [row.design for row in shown.rows]
        return _frame(cells, heads).set_axis(names).rename_axis("design")

    def picture(self, name: str) -> Picture:
        """A drawing of the report. Raises `InputError` for one that it does not have."""
        return picture_in(self.folder, name)

    def _long(self, part: str, time: str) -> DataFrame:
        import pandas as pd

        frames = {name: pd.DataFrame(self.summary[part][name]) for name in self.designs}
        return pd.concat(frames, names=["design"]).set_index(time, append=True).droplevel(1)


@dataclass(frozen=True, slots=True, repr=False)
class Attribution(Findings):
    """The result folder of an attribution; of the two designs it says what a comparison does."""

    def __repr__(self) -> str:
        return f"Attribution({self.folder})"

    def _repr_html_(self) -> str:
        """The answer, the shares and their picture, where a notebook ends a cell with it."""
        drawn = self.folder / "plots" / "attribution.svg"
        picture = self.picture("attribution").svg if drawn.is_file() else ""
        return f"<p>{html.escape(self.answer)}</p>{self.shares.to_html()}{picture}"

    @property
    def shares(self) -> DataFrame:
        """One row per aspect: what either design has of it, its share in the metric's unit with a
        95 % interval, and the same as a share of the difference (nan where that may be luck)."""
        rows = [
            {**one, "a": said[0], "b": said[1]}
            for one in self._part["shares"]
            for said in [self._part["aspects"][one["aspect"]]]
        ]
        numbers = ["share", "low", "high", "ratio", "ratio_low", "ratio_high"]
        frame = _frame(rows, ["aspect", "a", "b", *numbers])
        return frame.astype(dict.fromkeys(numbers, float)).set_index("aspect")

    @property
    def coalitions(self) -> DataFrame:
        """One row per set of aspects that was swapped: the design that it makes, and its figure."""
        part = self._part
        names, values = list(part["aspects"]), part.get("values", {})
        rows = [
            {
                "swapped": "+".join(name for at, name in enumerate(names) if int(one) >> at & 1),
                "design": design,
                part["metric"]: values.get(design),
            }
            for one, design in part["designs"].items()
        ]
        return _frame(rows).set_index("swapped")

    @property
    def _part(self) -> Mapping[str, Any]:
        part: Mapping[str, Any] = self.summary["attribution"]
        return part


def read_results(folder: Path | str) -> Findings:
    """The findings of a result folder, recomputed from its replications.

    Raises `InputError` when it is none, damaged or edited.

    >>> import sim
    >>> small = {"people.count": 20, "time.measure_s": 20}
    >>> made = sim.compare(designs=["hybrid"], changes=small, replications=2, workers=1)
    >>> sim.read_results(made.folder).answer == made.answer
    True
    """
    from pathlib import Path

    from sim.experiment.recomputed import unchecked

    place = Path(folder)
    summary = read_summary(place)
    why = unchecked(place, summary)
    kind = Attribution if "attribution" in summary else Findings
    return kind(place, summary, why)


def _frame(rows: Any, columns: list[str] | None = None) -> DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=columns)


def _index(rows: list[tuple[str, int]], names: list[str]) -> MultiIndex:
    import pandas as pd

    return pd.MultiIndex.from_tuples(rows, names=names)


def _never(found: Mapping[str, Any]) -> dict[str, float]:
    """Infinite ends of an estimate as numbers."""
    ends = {"value": "never", "low": "low_never", "high": "high_never"}
    return {name: math.inf for name, key in ends.items() if found.get(key)}


def _cell(cell: Any) -> str:
    from sim.report import tables

    held = f"{cell.besides} % with held" if cell.besides else ""
    inside = "; ".join(filter(None, [cell.interval, held]))
    interval = f" ({inside})" if inside else ""
    mark = tables.VERDICTS.get(cell.verdict, ("", ""))[0]
    return f"{cell.value}{interval} {mark}".strip()
