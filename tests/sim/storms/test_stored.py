"""The folder is whole, the same again, and reads back."""

import json

from stormy import small

from sim.storms import stored


def test_the_same_storm_is_the_same_folder(tmp_path):
    one, other = (stored.publish(tmp_path / name, small()) for name in ("a", "b"))
    assert one.name == other.name
    files = [stored.PAGE, stored.SERIES, stored.SUMMARY, stored.PICTURE]
    assert sorted(path.name for path in one.iterdir()) == sorted(files)
    for name in files:
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_what_is_stored_is_what_was_told(tmp_path):
    folder = stored.publish(tmp_path, small())
    kept = json.loads((folder / stored.SUMMARY).read_text("utf-8"))
    assert kept["figures"]["cut"] == 50
    assert kept["answer"][0] in (folder / stored.PAGE).read_text("utf-8")
    lines = (folder / stored.SERIES).read_text("utf-8").splitlines()
    assert len(lines) == len(kept["figures"]["series"]["time_s"]) + 1
