"""How a check ends: the worst of all rows, and unknown only when strict."""

import json

import pytest

from sim.report.gating.result import MEANING, exit_code
from tests.sim.report.gating.rows import MIXED, checked, row

PASS, DOUBT = row("pass"), row("unknown")
SAFETY, LIVENESS = row("fail", "safety"), row("fail", "liveness")


@pytest.mark.parametrize(
    ("rows", "code", "strict_code"),
    [
        ([PASS], 0, 0),
        ([PASS, DOUBT], 0, 5),
        ([DOUBT, LIVENESS], 4, 4),
        ([LIVENESS, SAFETY, DOUBT], 3, 3),
        ([], 0, 0),
    ],
)
def test_the_worst_counts(rows, code, strict_code):
    found = [checked(*rows[:1]), checked(*rows[1:])]
    assert exit_code(found, strict=False) == code
    assert exit_code(found, strict=True) == strict_code
    assert {code, strict_code} <= MEANING.keys()


def test_a_result_is_plain():
    plain = json.loads(json.dumps(MIXED[0].plain()))
    assert plain["rows"][0]["case"]["replication"] == 2
    assert plain["rows"][0]["case"]["timeline"][1] == [13.0, "7 is lost"]
