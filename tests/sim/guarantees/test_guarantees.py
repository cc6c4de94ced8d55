"""The catalogue as a whole: names, an empty run, order of rows, and how the work grows."""

import numpy as np
import pytest
from copied import copied, rtcsim

from sim.guarantees import GUARANTEES, judge
from sim.history import History
from tests.sim.metrics.histories import history
from tests.sim.metrics.test_judged import crowd


def test_names_are_those_of_the_files():
    assert all(one.name == name for name, one in GUARANTEES.items())
    for name, one in GUARANTEES.items():
        assert one.judge.__module__ == f"sim.guarantees.{name.replace('-', '_')}"
        assert one.statement.endswith(".")


def test_a_run_in_which_nothing_happened_is_unknown_throughout():
    verdicts = judge(history())
    assert {verdict.state for verdict in verdicts.values()} == {"unknown"}
    assert all(verdict.reason for verdict in verdicts.values())


def test_verdicts_do_not_hang_on_the_order_of_rows():
    before = crowd(300)
    tables = {
        name: rows if name == "messages" else {c: v[::-1] for c, v in rows.items()}
        for name, rows in before.tables.items()
    }
    assert judge(History.of(tables, before.meta)) == judge(before)


def test_a_witness_holds_plain_values():
    for verdict in judge(crowd(300)).values():
        if verdict.witness is not None:
            fields = (verdict.witness.message, verdict.witness.person, *verdict.witness.others)
            assert all(type(field) is int for field in fields)
            assert all(type(moment.time_s) is float for moment in verdict.witness.timeline)
        assert type(verdict.checked) is type(verdict.violations) is int


def rows_handled(of: History, monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows that went through a sort or a search while judging."""
    handled = 0

    def counting(call, position):
        def counted(*args, **kwargs):
            nonlocal handled
            handled += np.shape(args[position])[-1] if np.ndim(args[position]) else 1
            return call(*args, **kwargs)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(np, "lexsort", counting(np.lexsort, 0))
        patch.setattr(np, "searchsorted", counting(np.searchsorted, 1))
        patch.setattr(np, "repeat", counting(np.repeat, 0))
        judge(of)
    return handled


def quick(messages: int) -> History:
    """The crowd with every arrival a tenth of a second after sending: nothing overtakes."""
    of = crowd(messages)
    rows = {name: column for name, column in of.tables["deliveries"].items() if name != "order"}
    rows["time_s"] = of.tables["messages"]["time_s"][rows["message"]] + 0.1
    return History.of({**of.tables, "deliveries": rows}, of.meta)


def test_work_grows_in_step_with_the_history(monkeypatch):
    small, large = (rows_handled(quick(count), monkeypatch) for count in (2_000, 16_000))
    assert 4 * small < large < 9 * small


QUIET = """
\"\"\"Nobody is shown more messages than a promise allows.\"\"\"

from typing import Final

from sim.guarantees.evidence import Evidence
from sim.guarantees.verdict import Guarantee, Verdict


def judge(evidence: Evidence, _: float) -> Verdict:
    return Verdict(len(evidence.messages["time_s"]))


GUARANTEE: Final = Guarantee(
    "quiet", "safety", "Nobody is shown more than they can read.", "messages", judge
)
"""


def test_one_file_more_is_one_guarantee_more(tmp_path):
    folder = copied(tmp_path, "sim/guarantees/quiet.py", QUIET)
    assert "Nobody is shown more" in rtcsim(folder, "list", "guarantees").stdout
    changes = ("--set", "people.count=12", "--set", "time.measure_s=20")
    words = ("--designs", "hybrid", "--guarantee", "quiet", "--workers", "1", "--out", "runs")
    ended = rtcsim(folder, "check", "commuter-day", *words, *changes, "--markdown", "page.md")
    assert ended.returncode == 0, ended.stderr
    assert "quiet" in (folder / "page.md").read_text("utf-8")
    assert "quiet" in rtcsim(folder, "check", "commuter-day", "--guarantee", "quite").stderr
