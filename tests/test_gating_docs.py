"""The page on gating and the worked example: commands, scenarios and codes are those that exist."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import sim
from sim.experiment.gates import baseline
from sim.experiment.gates.bounds import worst_share
from sim.guarantees import GUARANTEES
from sim.report.gating.result import MEANING
from sim.scenario.load import load

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "gating.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "ci" / "gate.toml"
WORKFLOW = ROOT / "examples" / "ci" / "github-workflow.yml"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def steps():
    (job,) = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"].values()
    return job["steps"]


def commands():
    """Every rtcsim command of the page and the workflow, as words after `rtcsim`."""
    inline = re.findall(r"`rtcsim ([^`\n]+)`", PAGE)
    typed = [line for text in blocks("bash") for line in text.splitlines()]
    typed += [step["run"] for step in steps() if "rtcsim check" in step.get("run", "")]
    return [shlex.split(line) for line in inline] + [shlex.split(line)[1:] for line in typed]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_is_understood(words):
    ended = subprocess.run(
        [sys.executable, "-m", "sim.cli", words[0], "--help"],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    flags = {word for word in words if word.startswith("--")}
    assert flags <= set(re.findall(r"--[a-z]+", ended.stdout))


def test_every_option_that_the_page_names_exists():
    ended = subprocess.run(
        [sys.executable, "-m", "sim.cli", "check", "--help"],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    named = set(re.findall(r"`(--[a-z]+)", PAGE))
    assert {"--strict", "--budget", "--junit", "--markdown", "--github", "--baseline"} <= named
    assert named <= set(re.findall(r"--[a-z]+", ended.stdout))


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_promise_of_the_page_can_be_made(tmp_path, text):
    promises = tomllib.loads(text)["guarantees"]
    assert promises
    head = 'name = "x"\ndesigns = ["ours"]\n[[networks]]\nshare = 1.0\nprofile = "4g"\n'
    file = tmp_path / "x.toml"
    file.write_text(f'{head}[variants.ours]\nbase = "hybrid"\n{text}')
    assert len(load(str(file), sim.designs()).guarantees) == len(promises)


def test_the_codes_are_those_of_the_program():
    section = PAGE.partition("## Exit codes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", section, re.MULTILINE)
    table = {int(code): text for code, text in rows}
    assert {0, 1, 2, 130} | MEANING.keys() == table.keys()
    for code, word in ((3, "safety"), (4, "liveness"), (5, "--strict"), (6, "not comparable")):
        assert word in table[code]


def test_figures_on_the_page_are_right():
    rows = re.findall(r"^\| ([\d,]+) \| ([\d.]+) % \| ([\d.]+) % \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    for replications, *shares in rows:
        for error, share in zip((0.05, 0.01), shares, strict=True):
            bound = worst_share(0, int(replications.replace(",", "")), error / 2)
            assert f"{100 * bound:#.3g}" == share
    for n, error in ((3688, 0.05), (5296, 0.01)):
        assert worst_share(0, n, error / 2) < 1e-3 < worst_share(0, n - 1, error / 2)
    assert "3,688 replications without a single hit at 95 %, and 5,296 at 99 %" in PAGE


def test_no_version_is_pinned_that_nobody_published():
    for text in (PAGE, WORKFLOW.read_text("utf-8"), (ROOT / "README.md").read_text("utf-8")):
        assert not re.search(r"rtcsim\s*[=~><]=", text)


def test_the_example_is_sound_and_its_baseline_belongs_to_it():
    scenario = load(str(EXAMPLE), sim.designs())
    assert {gate.guarantee for gate in scenario.guarantees} - {None} <= set(GUARANTEES)
    kept = baseline.read(ROOT / "results" / "baselines", scenario.name)
    baseline.require_comparable(kept, scenario, scenario.designs)


def test_the_workflow_gates_with_files_that_exist_and_keeps_what_it_found():
    (step,) = [step for step in steps() if "rtcsim check" in step.get("run", "")]
    words = shlex.split(step["run"])
    for word in (words[2], words[words.index("--baseline") + 1]):
        assert (ROOT / word).is_file()
    (upload,) = [step for step in steps() if "upload-artifact" in step.get("uses", "")]
    assert upload["if"] == "always()"
    assert words[words.index("--junit") + 1] in upload["with"]["path"]


def test_the_baseline_holds_nothing_of_the_machine():
    text = (ROOT / "results" / "baselines" / "gate.json").read_text("utf-8")
    assert str(ROOT) not in text
    keys = {"format", "rtcsim", "name", "seed", "world", "designs", "checksum"}
    assert set(json.loads(text)) == keys
