"""A scenario as a file: what is written reads back as the same."""

import tomllib

import pytest
from fake_experiment import DESIGNS

from sim.scenario.gates import Gate
from sim.scenario.load import change, load, shipped
from sim.scenario.write import plain, table_to_toml, to_commented_toml, to_toml, toml_value


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("form", [to_toml, to_commented_toml])
def test_what_is_written_reads_back_as_the_same(tmp_path, name, form):
    scenario = load(name, DESIGNS)
    path = tmp_path / "again.toml"
    path.write_text(form(scenario), "utf-8")
    assert load(str(path), DESIGNS) == scenario


def test_promises_read_back_as_the_same(tmp_path):
    gates = (
        Gate(guarantee="bounded-recovery", within_s=5, designs=("hybrid",)),
        Gate(metric="loss_told", below=1e-4, confidence=0.99),
    )
    scenario = load("commuter-day", DESIGNS).model_copy(update={"guarantees": gates})
    path = tmp_path / "again.toml"
    for form in (to_toml, to_commented_toml):
        path.write_text(form(scenario), "utf-8")
        assert load(str(path), DESIGNS).guarantees == gates


def test_changes_are_in_what_is_written(tmp_path):
    changes = [change("people.count=77"), change("networks.0.share=0.6")]
    text = to_toml(load("commuter-day", DESIGNS, changes))
    assert tomllib.loads(text)["people"]["count"] == 77


def test_every_line_of_the_commented_form_fits_and_is_explained():
    lines = to_commented_toml(load("commuter-day", DESIGNS)).splitlines()
    assert all(len(line) <= 100 for line in lines if line.startswith("#"))
    keys = [number for number, line in enumerate(lines) if line.startswith("count = ")]
    assert "people" in lines[keys[0] - 1]
    text = "\n".join(lines)
    assert '# guarantee = "no-loss-after-ok"' in text
    for kind in ("bernoulli", "gilbert-elliott", "renewal", "node-crash", "zipf", "bursty"):
        assert f'kind = "{kind}"' in text


@pytest.mark.parametrize(
    "value",
    [True, 3, 0.1, 1e-9, 'a "quoted"\\ text\n\x7f é', [1, [2.0, "x"]], {"a": 1, "b c": {"d": []}}],
)
def test_values_read_back(value):
    assert tomllib.loads(f"value = {toml_value(value)}")["value"] == value


def test_what_is_not_set_is_not_written():
    values = plain(load("commuter-day", DESIGNS))
    assert "trace" not in values
    assert "faults" not in values
    assert list(values)[:3] == ["name", "question", "designs"]


def test_nothing_that_steers_a_terminal_is_written():
    text = "a\x7f\x9b\u202eb\u2028\x1b\0"
    line = toml_value({text: text})
    assert line.isascii()
    assert tomllib.loads(f"value = {line}")["value"] == {text: text}


def test_a_table_is_written_as_it_is():
    table = {
        "name": "mine", "designs": ["a"], "time": {"measure_s": 1.5},
        "networks": [{"share": 1.0, "rate": {"kind": "none"}}], "variants": {"a": {"base": "b"}},
    }  # fmt: skip
    assert tomllib.loads(table_to_toml(table)) == table
