"""The folder is whole, the same again, and reads back."""

import json

from told_plan import told

from sim.plans import stored


def test_the_same_plan_is_the_same_folder_however_it_was_asked_for(tmp_path):
    found = told()
    other = {**found, "command": "rtcsim plan", "resumed": 7}
    one, two = (stored.publish(tmp_path / name, of) for name, of in (("a", found), ("b", other)))
    assert one.name == two.name
    files = [stored.PAGE, stored.SUMMARY, stored.PICTURE]
    assert sorted(path.name for path in one.iterdir()) == sorted(files)
    assert (one / stored.PICTURE).read_bytes() == (two / stored.PICTURE).read_bytes()


def test_what_is_stored_is_what_was_told(tmp_path):
    found = told(price=0.2)
    folder = stored.publish(tmp_path, found)
    kept = json.loads((folder / stored.SUMMARY).read_text("utf-8"))
    assert kept["answer"] == found["answer"]
    page = (folder / stored.PAGE).read_text("utf-8")
    assert "recovery binds: p99 19.1 s of 20.0 s allowed" in page
    assert "≥ 48" in page


def test_another_limit_is_another_folder():
    assert stored.digest(told()) != stored.digest(told(recovery=21.0))
