"""Every notebook runs from top to bottom, small, through public names only, and is shown as run."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import sim
from sim.claims.reading import claims
from sim.claims.spec import NOT_YET

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SMALL = """\
people, measure_s, replications = 100, 90.0, 2
schedules, catalogue_schedules = 400, 10
claims, quick = ["A5", "O3", "S2", "S3"], True
clients, runs = 8_000, 2
"""
PUBLIC_MODULES = {"sim", "IPython.display"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def parameters_of(notebook):
    (place,) = (
        place
        for place, cell in enumerate(notebook.cells)
        if "parameters" in cell.metadata.get("tags", [])
    )
    return place


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_the_article_s_notebook_shows_every_claim_once_and_untested_ones_under_their_heading():
    cells = nbformat.read(FOLDER / "02-the-article-tested.ipynb", as_version=4).cells
    shown = {}  # heading -> ids
    heading = ""
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            heading = cell.source.partition("\n")[0]
        for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "shown":
                shown.setdefault(heading, []).extend(ast.literal_eval(one) for one in node.args)
    known = claims()
    assert sorted(one for ids in shown.values() for one in ids) == sorted(known)
    untested = {name for name, one in known.items() if one.kind == NOT_YET}
    assert set(shown.get("## Not yet testable", ())) == untested


def test_it_runs_from_top_to_bottom(notebook, tmp_path):
    """With other values in a cell after the one tagged `parameters`."""
    injected = nbformat.v4.new_code_cell(f"{SMALL}out = {str(tmp_path)!r}")
    notebook.cells.insert(parameters_of(notebook) + 1, injected)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    pictures = [
        output
        for cell in code_of(notebook)
        for output in cell.outputs
        if "image/svg+xml" in output.get("data", {})
    ]
    assert len(pictures) >= 3


def test_it_uses_public_names_only(notebook):
    tree = ast.parse("\n".join(cell.source for cell in code_of(notebook)))
    nodes = list(ast.walk(tree))
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert modules <= PUBLIC_MODULES
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    assert not [node.attr for node in attributes if node.attr.startswith("_")]
    used = {node.attr for node in attributes if getattr(node.value, "id", "") == "sim"}
    assert used <= set(sim.__all__)


def test_it_is_shown_with_the_outputs_of_one_run_in_order(notebook):
    counts = [cell.execution_count for cell in code_of(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in code_of(notebook) for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {
        "execute_result",
        "display_data",
        "stream",
    }
    assert not [output for output in outputs if output.get("name") == "stderr"]


def test_it_says_first_what_it_asks_and_last_what_to_conclude(notebook):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert "**Question.**" in texts[0]
    assert texts[-1].startswith("## What to conclude")
    assert notebook.cells[-1].cell_type == "markdown"


def test_it_holds_no_trace_of_the_machine(notebook):
    """Neither of its folders nor of its clock: see `tests/support/notebooks.py`."""
    assert not [cell for cell in notebook.cells if "execution" in cell.metadata]
    text = nbformat.writes(notebook)
    assert not re.findall(r" at 0x[0-9a-f]{8}", text)
    assert str(Path.home()) not in text
    assert "/tmp/" not in text
