"""Commands about files: what they write can be used."""

import json

from typed_commands import FAKE, REAL, command


def test_a_report_is_rebuilt(tmp_path):
    command(FAKE, "compare", "--replications", "2", cwd=tmp_path)
    (folder,) = (tmp_path / "results" / "runs").iterdir()
    before = (folder / "report.html").read_text()
    (folder / "report.html").unlink()
    assert command(FAKE, "report", str(folder), cwd=tmp_path).returncode == 0
    assert (folder / "report.html").read_text() == before


def test_a_new_scenario_can_be_run(tmp_path):
    assert command(FAKE, "new", "mine.toml", cwd=tmp_path).returncode == 0
    ended = command(FAKE, "compare", "mine.toml", "--replications", "2", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr


def test_the_schema_is_json(tmp_path):
    schema = json.loads(command(REAL, "schema", cwd=tmp_path).stdout)
    assert "people" in schema["properties"]
