"""`rtcsim explain` as it is typed: a stored run, a scenario file, the reader served worst."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from models import DESIGNS
from sim.cli import main
from sim.hunt.schedule import read
from sim.hunt.stage import stage
from sim.scenario.write import to_toml


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three people, a lost response, and somebody in a tunnel."""
    monkeypatch.chdir(tmp_path)
    played = read("people=3 send=5:0 send=6:1 link=0@5.1+10 link=2@4.9+30")
    world = played.scenario(stage("hybrid", DESIGNS))
    file = tmp_path / "mine.toml"
    file.write_text(to_toml(world.model_copy(update={"designs": ("hybrid", "mqtt-qos1")})))
    return file


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["explain", *words])
    captured = capsys.readouterr()
    assert not stop.value.code, captured.err
    return captured.out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main(["explain", *words])
    assert stop.value.code == 2
    return capsys.readouterr().err


def test_a_stored_run_is_explained(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["compare", str(scenario), "--workers", "1", "--quiet"])
    capsys.readouterr()
    (folder,) = Path("results/runs").iterdir()
    text = told(capsys, str(folder), "--message", "0", "--person", "1")
    assert text.startswith("message 0 of hybrid, replication 0: person 0 to person 1, shown after")
    assert "Warning" not in text
    assert "connecting" in text
    assert "5.080 s  api 2 to person 0: 200 OK for message 0, lost" in text
    ET.parse(folder / "explained" / "hybrid-0-0-1.svg")
    assert (folder / "explained" / "hybrid-0-0-1.mmd").is_file()


def test_a_design_on_equal_footing_is_explained(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["compare", str(scenario), "--workers", "1", "--quiet"])
    capsys.readouterr()
    (folder,) = Path("results/runs").iterdir()
    text = told(capsys, str(folder), "--message", "0", "--design", "mqtt-qos1-equal")
    assert text.startswith("message 0 of mqtt-qos1-equal, replication 0")
    assert "Warning" not in text


def test_a_changed_program_is_noticed(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["compare", str(scenario), "--workers", "1", "--quiet"])
    capsys.readouterr()
    (folder,) = Path("results/runs").iterdir()
    stored = folder / "replications" / "hybrid-0.json"
    stored.write_text(stored.read_text().replace('"digest": "', '"digest": "other'))
    text = told(capsys, str(folder), "--message", "0")
    assert "Warning: this is not the run that is stored" in text


def test_a_scenario_file_will_do_and_the_worst_served_reader_is_taken(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, str(scenario), "--message", "1", "--design", "mqtt-qos1")
    assert "message 1 of mqtt-qos1, replication 0: person 1 to person 2, shown after 31." in text
    assert "held back by TCP, link down" in text  # behind message 0
    assert "100%" not in text


def test_where_the_time_went_adds_up(scenario: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, str(scenario), "--message", "0", "--person", "1")
    table = text.partition("Where the time went:\n")[2].partition("\n\n")[0]
    shares = [float(line.split("%")[0].split()[-1]) for line in table.splitlines()]
    assert sum(shares) == pytest.approx(100, abs=len(shares))


def test_what_is_never_shown_is_told_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    played = read("people=2 send=5:0 backplane=4+2")
    file = tmp_path / "lost.toml"
    file.write_text(to_toml(played.scenario(stage("full-websocket", DESIGNS))))
    text = told(capsys, str(file), "--message", "0", "--out", str(tmp_path / "here"))
    assert "never shown. Cause: backplane down." in " ".join(text.split())
    assert "the backplane works again" not in text  # the story ends where the fate was settled
    assert "Where the time went" not in text
    assert "gateway 0 to backplane: message 0, lost" in text
    assert len(list((tmp_path / "here").iterdir())) == 2


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--message", "2"], "--message 2: allowed: 0 to 1"),
        (["--message", "0", "--design", "zalo"], "'zalo' is not in this run; allowed: hybrid"),
        (["--message", "0", "--replication", "1"], "--replication 1: allowed: 0 to 0"),
        (["--message", "0", "--person", "0"], "--person 0: no reader of it; allowed: 1, 2"),
    ],
)
def test_what_is_not_there_is_refused(
    words: list[str], problem: str, scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert problem in refused(capsys, str(scenario), *words)


def test_an_action_of_another_kind_names_the_nearest_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["commuter-day", "--set", "people.count=20", "--set", "time.measure_s=60"]
    with pytest.raises(SystemExit):
        main(["run", *words, "--replications", "1", "--workers", "1", "--quiet"])
    capsys.readouterr()
    (folder,) = Path("results/runs").iterdir()
    errors = [_problem(capsys, folder, message) for message in range(6)]
    other = [error for error in errors if "it is an action of another kind" in error]
    assert other
    assert all("the nearest message is" in error for error in other)


def _problem(capsys: pytest.CaptureFixture[str], folder: Path, message: int) -> str:
    with pytest.raises(SystemExit):
        main(["explain", str(folder), "--message", str(message)])
    return capsys.readouterr().err


@pytest.fixture
def stored(scenario: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A result folder."""
    with pytest.raises(SystemExit):
        main(["compare", str(scenario), "--workers", "1", "--quiet"])
    capsys.readouterr()
    (folder,) = Path("results/runs").iterdir()
    return folder


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"digest": 5}', "[" * 100_000, "\x00"])
def test_a_damaged_replication_is_said_so_in_one_line(
    text: str, stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = stored / "replications" / "hybrid-0.json"
    file.write_text(text)
    error = refused(capsys, str(stored), "--message", "0")
    assert error.startswith(f"{file.relative_to(Path.cwd()) if file.is_absolute() else file}: ")
    assert "damaged" in error
    assert error.count("\n") == 1


def test_a_link_in_a_result_folder_is_not_written_through(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, str(stored), "--message", "0", "--person", "1")
    picture, victim = stored / "explained" / "hybrid-0-0-1.svg", Path("victim")
    victim.write_text("precious")
    picture.unlink()
    picture.symlink_to(victim.absolute())
    assert "is a link" in refused(capsys, str(stored), "--message", "0", "--person", "1")
    assert victim.read_text() == "precious"


def test_a_folder_that_is_a_link_is_not_written_into(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("elsewhere").mkdir()
    (stored / "explained").symlink_to(Path("elsewhere").absolute())
    assert "is a link" in refused(capsys, str(stored), "--message", "0")
    assert not list(Path("elsewhere").iterdir())


@pytest.mark.parametrize("run", ["a" * 5000, "nowhere", "."])
def test_what_is_no_run_is_refused_in_one_line(
    run: str, scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(capsys, run, "--message", "0")
    assert error.count("\n") == 1
    assert len(error) < 400


def test_the_title_says_where_most_of_the_time_went(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, str(scenario), "--message", "1", "--design", "mqtt-qos1")
    head = " ".join(text.partition("\n\n")[0].split())
    assert "of it held back by TCP, link down" in head
