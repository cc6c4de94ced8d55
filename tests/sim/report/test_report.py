"""The one door of the report: a folder in, pictures and a page beside the data."""

from pathlib import Path

import pytest
from fake_results import write

from sim.errors import InputError
from sim.report import write_report


def test_it_writes_the_page_and_its_pictures(tmp_path: Path) -> None:
    folder = write(tmp_path / "run")
    write_report(folder)
    assert (folder / "report.html").stat().st_size > 10_000
    assert list((folder / "plots").glob("*.svg"))


def test_a_folder_without_a_summary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"summary\.json"):
        write_report(tmp_path)
