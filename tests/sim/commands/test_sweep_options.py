"""The flags of `sweep` as values."""

from pathlib import Path

from sim.commands.sweep_options import SWEEPS_OUT, SweepOptions
from sim.experiment.sweep import plan


def test_flags_become_what_is_asked():
    options = SweepOptions(
        over=["people=1,2"], metric=["lost"], sample="sobol", points=8, designs="a, b", seed=3,
        replications=4, set_=["time.measure_s=5"], workers=2, dask="local", store="memory://x",
        out=Path("there"), anyway=True,
    )  # fmt: skip
    asked = options.asked
    assert (asked.over, asked.metrics, asked.sample, asked.points) == (
        ("people=1,2",), ("lost",), "sobol", 8,
    )  # fmt: skip
    assert (asked.store, asked.dask) == ("memory://x", "local")
    request = asked.request
    assert (request.designs, request.seed, request.replications) == (("a", "b"), 3, 4)
    assert (request.workers, request.out, request.anyway, request.typed) == (
        2, Path("there"), True, True,
    )  # fmt: skip
    assert [one.value for one in request.changes] == [5]


def test_results_go_to_a_folder_of_their_own():
    assert SweepOptions().asked.request.out == SWEEPS_OUT == plan.SWEEPS_OUT
    assert SweepOptions().asked.sample == "grid"
