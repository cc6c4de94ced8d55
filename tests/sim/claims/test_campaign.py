"""All claims into one folder: whole, repeatable, and gone on with after an interruption."""

import json
from multiprocessing import active_children

import pytest
from made_claims import small

from sim import registry
from sim.claims import campaign, judging
from sim.claims.campaign import FILE, command, judged, put_to_the_test, seconds
from sim.claims.reading import chosen, parse
from sim.claims.worlds import Effort
from sim.errors import InputError
from sim.experiment.errors import Interrupted

LACKING = 'id = "X2"\nclaim = "It loses."\nquestion = "Does it?"\nneeds = ["devices"]\n'


def asked():
    return {
        "X1": parse("X1.toml", small("socketio")),
        **chosen(["O1"]),
        "X2": parse("X2.toml", LACKING),
    }


def found(out, progress=lambda finished, total: None, **how):
    effort = Effort(workers=1, out=out, **how)
    return judged(asked(), effort, registry.designs(), "rtcsim claims --seed 1", progress)


def test_verdicts_are_counted(tmp_path):
    told = []
    summary = found(tmp_path, lambda *count: told.append(count))
    assert summary["counts"]["demonstrated"] == 1
    assert summary["counts"]["provenance"] == summary["counts"]["not yet testable"] == 1
    assert [one["id"] for one in summary["claims"]] == ["X1", "O1", "X2"]
    assert (told[0], told[-1]) == ((0, 3), (3, 3))
    assert not list(tmp_path.iterdir())


def test_workers_are_forked_before_anything_is_told(tmp_path):
    there = []
    effort = Effort(workers=2, out=tmp_path)
    judged(asked(), effort, registry.designs(), "", lambda *count: there.append(active_children()))
    assert len(there[0]) == 2


def test_the_same_claims_make_the_same_folder(tmp_path):
    def tested(seed=1):
        effort = Effort(seed, workers=1, out=tmp_path)
        return put_to_the_test(asked(), effort, registry.designs(), ["X1", "O1"])

    first, again = tested(), tested()
    assert first.folder == again.folder
    stored = json.loads((first.folder / FILE).read_text("utf-8"))
    assert stored == first.summary == again.summary
    assert stored["command"] == f"rtcsim claims --only X1 --only O1 --seed 1 --out {tmp_path}"
    assert sorted(one.name for one in first.folder.iterdir()) == [FILE, "report.html"]
    assert tested(seed=2).folder != first.folder


def test_the_command_says_what_decides_the_result():
    assert command((), Effort(seed=4, workers=2)) == "rtcsim claims --seed 4"
    assert command(["S1"], Effort(quick=True)) == "rtcsim claims --only S1 --seed 1 --quick"


def test_what_is_finished_is_kept_when_it_is_stopped(tmp_path, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(judging.provenance, "shown", stopped)
        with pytest.raises(Interrupted) as caught:
            found(tmp_path)
    assert (caught.value.finished, caught.value.total) == (3, 3)
    assert caught.value.resume == "rtcsim claims --seed 1"
    patch = pytest.MonkeyPatch()
    patch.setattr("sim.experiment.runner.replicate", stopped)  # nothing is run again
    try:
        assert found(tmp_path)["counts"]["demonstrated"] == 1
    finally:
        patch.undo()


def test_a_folder_that_cannot_be_is_refused_first(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        found(tmp_path / "file" / "inside")


def test_the_estimate_grows_with_the_work():
    known = registry.designs()
    needed = seconds(asked(), Effort(), known)
    assert 0 < needed < 5
    whole, half = (seconds(chosen(["T1"]), Effort(quick=one), known) for one in (False, True))
    assert whole > 2 * half  # fewer replications, and fewer points of its boundary
    assert campaign.seconds({}, Effort(), known) == 0
