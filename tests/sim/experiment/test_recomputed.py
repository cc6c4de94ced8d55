"""A stored summary is what its replications say, or it is said so."""

import json

import fake_experiment
import pytest

from sim.errors import InputError
from sim.experiment.findings import read_results
from sim.experiment.recomputed import unchecked
from sim.experiment.runner import Plan, run
from sim.experiment.store import read_summary
from sim.scenario.designs import pick
from sim.scenario.load import change, load


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiment.run.run_replication", fake_experiment.run_replication)
    monkeypatch.setattr("sim.metrics.measure", fake_experiment.measure)
    monkeypatch.setattr("sim.experiment.gates.verdicts.verdicts", fake_experiment.verdicts)
    monkeypatch.setattr("sim.report.write_report", fake_experiment.write_report)
    designs = fake_experiment.DESIGNS
    settings = ("replications=3", "designs=['full-websocket', 'hybrid']")
    scenario = load("commuter-day", designs, [change(one) for one in settings])
    picked = pick(scenario.designs, designs, {})
    return run(Plan(scenario, picked, tmp_path, "rtcsim compare", "rtcsim compare", 1)).folder


def edit(path, *keys, value):
    """Put a value into a JSON file, as an editor would."""
    found = here = json.loads(path.read_text())
    for key in keys[:-1]:
        here = here[key]
    here[keys[-1]] = value
    path.unlink()
    path.write_text(json.dumps(found))


def checked(folder):
    return unchecked(folder, read_summary(folder))


def test_a_result_as_it_was_stored_is_checked(folder):
    assert checked(folder) == ""
    assert read_results(folder).unchecked == ""


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("digest",), "0" * 64),
        (("conservation", "hybrid", "lost"), 999_999),
        (("conservation", "hybrid", "adds_up"), False),
        (("incidents", "hybrid", "outage", "lost"), 999_999),
        (("conservation", "hybrid", "causes", "half-open"), 0),
        (("designs", "hybrid", "latency_p50", "value"), 0.001),
        (("designs", "hybrid", "latency_p50", "high"), None),
        (("verdicts", "hybrid", "latency_p50"), "better"),
        (("guarantees", "hybrid", "fifo", "state"), "violated"),
        (("ccdf", "hybrid", "share", 1), 0.0),
        (("series", "hybrid", "deliveries", 0), 7.0),
        (("checks", 0, "detail"), "fine"),
        (("answer",), "hybrid is best"),
    ],
)
def test_an_edited_summary_is_refused_with_what_it_should_be(folder, keys, value):
    edit(folder / "summary.json", *keys, value=value)
    with pytest.raises(InputError) as caught:
        checked(folder)
    (line,) = caught.value.messages
    assert line.startswith(f"{folder / 'summary.json'}: edited: {'.'.join(map(str, keys))} is ")
    with pytest.raises(InputError, match="edited"):
        read_results(folder)


def test_an_edited_replication_is_refused(folder):
    edit(folder / "replications" / "hybrid-1.json", "conservation", "lost", value=0)
    with pytest.raises(InputError, match=r"edited: conservation\.hybrid\.lost is 15, .* 10"):
        checked(folder)


def test_last_bits_of_a_float_are_no_edit(folder):
    value = read_summary(folder)["designs"]["hybrid"]["latency_p50"]["value"]
    changed = value * (1 + 1e-9)
    edit(folder / "summary.json", "designs", "hybrid", "latency_p50", "value", value=changed)
    assert checked(folder) == ""


def test_what_cannot_be_recomputed_is_said_to_be_unchecked(folder):
    edit(folder / "provenance.json", "program", value="another")
    assert "another version" in checked(folder)
    (folder / "scenario.toml").unlink()
    assert "scenario.toml is missing" in checked(folder)
    (folder / "replications" / "hybrid-2.json").unlink()
    assert checked(folder) == "replications/ lacks hybrid-2"
    for path in (folder / "replications").iterdir():
        path.unlink()
    assert checked(folder) == "replications/ lacks full-websocket-0 and 5 more"


def test_an_edit_is_found_whatever_version_made_it(folder):
    edit(folder / "provenance.json", "program", value="another")
    edit(folder / "summary.json", "conservation", "hybrid", "lost", value=0)
    with pytest.raises(InputError, match="edited"):
        checked(folder)


def test_replications_that_cannot_be_summed_up_are_damaged(folder):
    for number in range(3):
        edit(folder / "replications" / f"hybrid-{number}.json", "metrics", value={})
    with pytest.raises(InputError, match="replications: damaged"):
        checked(folder)


@pytest.mark.parametrize("name", ["hybrid-1.json", "../provenance.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", "\xff", "[" * 50_000, '{"design": 3}', "1"])
def test_a_damaged_file_is_named(folder, name, text):
    path = (folder / "replications" / name).resolve()
    path.unlink()
    path.write_bytes(text.encode("latin-1"))
    if path.name == "provenance.json" and text.endswith("}"):
        return  # whatever it says of itself
    with pytest.raises(InputError, match=path.name):
        checked(folder)


@pytest.mark.parametrize("name", ["replications", "provenance.json", "scenario.toml"])
def test_a_link_inside_is_refused(folder, name):
    (folder / name).rename(folder.parent / "elsewhere")
    (folder / name).symlink_to(folder.parent / "elsewhere")
    with pytest.raises(InputError, match=name):
        checked(folder)


def test_a_broken_scenario_is_named(folder):
    (folder / "scenario.toml").unlink()
    (folder / "scenario.toml").write_text("a = [\n")
    with pytest.raises(InputError, match=r"scenario\.toml: damaged"):
        checked(folder)
