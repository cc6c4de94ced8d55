"""The CI page: the answer first, failures in full, what passed folded, nothing that breaks out."""

from sim.report.gating.markdown import markdown
from tests.sim.report.gating.rows import MIXED, case, checked, row


def test_the_answer_comes_first_and_what_passed_is_folded():
    lines = markdown(MIXED, strict=False).splitlines()
    assert lines[0].startswith("**4 promises: 1 failed, 1 unknown, 2 passed. Exit code 3")
    assert lines.index("### mine") < lines.index("### other")
    assert "20 replications, seed 7 (looks from 10 to 40). Repeat: " in lines[4]
    assert "Not checked, for its designs are not run: isolation." in lines
    assert lines.count("<summary>1 passed</summary>") == 2


def test_only_failures_are_told_in_full():
    found = [checked(row("fail", case=case()), row("unknown", title="doubtful"))]
    text = markdown(found, strict=False)
    assert text.count("```text") == 1
    assert "   13.000000 s  7 is lost\n" in text
    assert "| ❔ unknown | hybrid | doubtful |" in text


def test_cells_hold_any_text():
    (line,) = [one for one in markdown(MIXED, strict=False).splitlines() if "❌" in one]
    assert line.replace("\\|", "").count("|") == 5
    assert "<b>" not in line
    assert r"\_e\_" in line


def test_nothing_found_is_a_page_too():
    assert markdown([], strict=False).startswith("**0 promises")
