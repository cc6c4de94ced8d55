"""What a validation found, as data frames and pictures: for notebooks and further analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.validation import campaign, compare, measured, page, pictures
from sim.validation.known import KNOWN

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.findings import Picture
    from sim.scenario.designs import Design


@dataclass(frozen=True)
class Fidelity:
    """Predictions of some cells and what they are worth. Made by `validate`."""

    predictions: Sequence[campaign.Prediction]
    measurements: measured.Measurements

    @cached_property
    def verdicts(self) -> Sequence[compare.Verdict]:
        """Every quantity of every cell."""
        return compare.judge(self.predictions, self.measurements)

    @property
    def summary(self) -> str:
        """How many targets are met, in a sentence."""
        return page.summary(self.verdicts)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per cell and quantity: measured, predicted, interval, ratio, inside, why."""
        import pandas as pd

        rows = [asdict(one) | {"ratio": one.ratio} for one in self.verdicts]
        return pd.DataFrame(rows).set_index(["cell", "quantity"])

    @property
    def missed(self) -> pd.DataFrame:
        """The rows that miss their target, with the cause found or the open question."""
        missed = self.table[self.table["inside"].eq(False)]  # None: no target
        causes = [KNOWN.get(f"{cell} {quantity}", page.OPEN) for cell, quantity in missed.index]
        return missed.assign(cause=causes)

    def curve(self, cell: str) -> Picture:
        """A latency cell's curve: share of messages later than x. Raises `InputError`."""
        found = {one.cell.name: one for one in self.predictions if one.latencies_ms}
        if cell not in found:
            raise InputError([f"no latency cell '{cell}'; allowed: {', '.join(found)}"])
        (row,) = found[cell].cell.rows
        key = (row["cell"], float(row["packet_loss"]))
        if key not in self.measurements.latencies:
            raise InputError([f"cell '{cell}': its single latencies were not recorded"])
        return pictures.curve(found[cell], self.measurements.latencies[key][0])

    def dots(self, quantity: str, title: str) -> Picture:
        """One quantity in all cells that have it: predicted interval and measured dot."""
        found = [one for one in self.verdicts if one.quantity == quantity]
        return pictures.dots(found, title)

    def ratios(self, quantities: Sequence[str], title: str) -> Picture:
        """Predicted over measured for several quantities in all cells."""
        return pictures.ratios(self.verdicts, quantities, title)


def validate(
    designs: Mapping[str, Design],
    against: str | Path | None = None,
    cells: Sequence[str] = (),
    effort: campaign.Effort | None = None,
) -> Fidelity:
    """Run the twins of the recorded cells, or of those in `against`. Raises `InputError`."""
    found = measured.recorded() if against is None else measured.read(Path(against))
    chosen = campaign.cells(found, designs, cells)
    return Fidelity(campaign.run(chosen, effort or campaign.Effort()), found)
