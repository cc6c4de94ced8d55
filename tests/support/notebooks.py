"""Executes notebooks in place and leaves no trace of the machine: `python notebooks.py [PART ...]`.

Only those whose names contain one of the parts; all without any. `jupyter execute` leaves a clock's
times in each cell, whatever it is told, and pandas the addresses of its objects.
"""

import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def without_traces(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The same without times and addresses."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            told = output.get("data", {})
            if "text/plain" in told:
                told["text/plain"] = ADDRESS.sub("", told["text/plain"])
    return notebook


def execute(path: Path) -> None:
    """Run it from top to bottom where it lies, and write it back when all has gone well."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=None, kernel_name="python3", resources=where).execute()
    nbformat.write(without_traces(notebook), path)


if __name__ == "__main__":
    os.environ["PYTHONWARNINGS"] = "ignore"  # an estimate would name the place of a notebook's cell
    for found in sorted(FOLDER.glob("*.ipynb")):
        if any(part in found.stem for part in sys.argv[1:] or [""]):
            execute(found)
