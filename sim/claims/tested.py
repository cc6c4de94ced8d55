"""What was found of claims, as a data frame: for notebooks and further analysis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from sim.experiment.findings import Picture

CLAIMS_OUT: Final = Path("results/claims")
"""Where result folders of claims are made."""


@dataclass(frozen=True, slots=True)
class Told:
    """One claim in words; a notebook shows them by itself. `found` is its part of the summary."""

    found: Mapping[str, Any]

    def _repr_html_(self) -> str:
        """Verdict and claim, its question, the figure, what is not in it, the command."""
        from html import escape

        from sim.report.claims import lines

        said = lines(self.found)
        question = f"<i>{escape(self.found['question'])}</i>"
        told = [f"<b>{escape(said.head)}</b>", question, escape(said.figure)]
        told += [escape(said.left_out)] * bool(said.left_out)
        style = "white-space: pre-wrap; text-align: left"
        command = f'<pre style="{style}">{escape(said.command)}</pre>' if said.command else ""
        return f'<p style="text-align: left">{"<br>".join(told)}</p>{command}'


@dataclass(frozen=True, slots=True, repr=False)
class Verdicts:
    """Claims and their verdicts; `summary` is what `claims.json` in `folder` holds."""

    folder: Path
    summary: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Verdicts({self.folder})"

    def _repr_html_(self) -> str:
        """The answer and the verdicts, where a notebook ends a cell with it."""
        import html

        return f"<p>{html.escape(self.answer)}</p>{self.table.to_html()}"

    @property
    def answer(self) -> str:
        """How many claims have which verdict, in two lines."""
        from sim.report.claims import answer

        return answer(self.summary)

    @property
    def table(self) -> DataFrame:
        """A row for each claim, by id: verdict, claim, the figure that decides it, what of it the
        verdict leaves out, command."""
        import pandas as pd

        from sim.report import claims

        rows = [
            {
                "id": one["id"],
                "verdict": one["verdict"],
                "claim": one["claim"],
                "figure": claims.figure(one),
                "left_out": claims.left_out(one),
                "command": claims.command(one),
            }
            for one in self.summary["claims"]
        ]
        columns = ["id", "verdict", "claim", "figure", "left_out", "command"]
        return pd.DataFrame(rows, columns=columns).set_index("id")

    def shown(self, *ids: str) -> list[Told | Picture]:
        """Each of these claims in words, then the plots that decide it, for a notebook's `display`.

        In the order asked for; a claim that was not tested is passed over.
        """
        from sim.experiment.findings import Picture
        from sim.report.claims_plots import plots

        tested = {one["id"]: one for one in self.summary["claims"]}
        parts: list[Told | Picture] = []
        for one in (tested[name] for name in ids if name in tested):
            parts.append(Told(one))
            parts += map(Picture, plots(one))
        return parts
