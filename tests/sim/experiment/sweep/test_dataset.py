"""Cells are put whole, found by their digest, and what is damaged counts as not there."""

import errno
import io

import fake_sweep
import pyarrow.parquet as pq
import pytest

from sim.errors import InputError
from sim.experiment.sweep.dataset import Dataset, packed, unpacked

CELL = "0123456789abcdef"
MEASURE = fake_sweep.measure(fake_sweep.SweptHistory("hybrid", 3, 1, 100, 0.0, 1.0))


def test_what_was_packed_comes_back():
    found = unpacked(CELL, packed(CELL, 7, MEASURE))
    assert found is not None
    assert found["metrics"] == MEASURE["metrics"]
    assert "series" not in found


def test_a_file_is_a_row_with_every_figure():
    [row] = pq.read_table(io.BytesIO(packed(CELL, 2**63, MEASURE))).to_pylist()
    assert (row["cell"], row["design"], row["replication"], row["seed"]) == (
        CELL, "hybrid", 3, 2**63,
    )  # fmt: skip
    assert row["loss_pressed"] == 0.07
    assert row["stale_per_hour"] == MEASURE["metrics"]["stale_per_hour"]
    assert row["latency_p50"] is None


def test_equal_cells_are_equal_bytes():
    assert packed(CELL, 1, MEASURE) == packed(CELL, 1, MEASURE)


def test_no_changed_byte_is_taken_for_something_else():
    whole = packed(CELL, 1, MEASURE)
    for at in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[at] ^= 0x55
        found = unpacked(CELL, bytes(changed))
        assert found is None or found["metrics"] == MEASURE["metrics"]
    for length in range(0, len(whole), 101):
        assert unpacked(CELL, whole[:length]) is None


def test_another_cell_is_not_taken_for_this_one():
    assert unpacked("another", packed(CELL, 1, MEASURE)) is None
    assert unpacked(CELL, b"") is None
    assert unpacked(CELL, b"no parquet at all") is None


@pytest.mark.parametrize("place", ["here", "memory://test-dataset/sub"])
def test_a_place_keeps_cells(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    dataset = Dataset(place)
    dataset.prepare()
    assert (dataset.cells(), dataset.get(CELL)) == ({}, None)
    dataset.put(CELL, packed(CELL, 1, MEASURE))
    dataset.put(CELL, packed(CELL, 1, MEASURE))
    assert list(dataset.cells()) == [CELL]
    assert dataset.get(CELL)["metrics"] == MEASURE["metrics"]


def test_a_local_place_holds_nothing_but_cells(tmp_path):
    dataset = Dataset(str(tmp_path / "cells"))
    dataset.prepare()
    dataset.put(CELL, packed(CELL, 1, MEASURE))
    assert [one.name for one in (tmp_path / "cells").iterdir()] == [f"{CELL}.parquet"]
    (tmp_path / "cells" / ".rtcsim-1-1.part").write_bytes(b"of a killed command")
    dataset.prepare()
    assert [one.name for one in (tmp_path / "cells").iterdir()] == [f"{CELL}.parquet"]


def test_a_link_is_not_followed(tmp_path):
    dataset = Dataset(str(tmp_path))
    (tmp_path / f"{CELL}.parquet").symlink_to("/dev/zero")
    assert dataset.get(CELL) is None
    dataset.put(CELL, packed(CELL, 1, MEASURE))
    assert dataset.get(CELL) is not None


def test_a_place_that_cannot_be_is_one_line():
    with pytest.raises(InputError, match="--store nowhere://x: Protocol not known: nowhere; all"):
        Dataset("nowhere://x").prepare()


def test_what_goes_wrong_elsewhere_is_an_error_of_the_system(monkeypatch):
    def refuse(self, path, value, **how):
        raise RuntimeError("the bucket is closed\nfor a reason")

    dataset = Dataset("memory://test-refusing")
    dataset.prepare()
    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.pipe_file", refuse)
    with pytest.raises(OSError, match="the bucket is closed") as caught:
        dataset.put(CELL, b"")
    assert caught.value.errno == errno.EIO
    assert caught.value.filename == "memory://test-refusing"
