"""A kind of fault is one file: put there, it is read, strikes, and is named by all who tell."""

import ast
from pathlib import Path

import pytest
from copied import copied, rtcsim

from sim.faults import FORMS, KINDS

ROOT = Path(__file__).parents[3]
POWER_CUT = '''
"""All gateways lose power."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Connected, Cuts, Form, Hit, Span, Stage, Strike, Phrase, exact


class PowerCut(Strike):
    """The building has no power for a while."""

    kind: Literal["power-cut"]
    back_s: Span = Field(description="seconds until power is back")
    cuts: ClassVar[Cuts] = "at once"

    def healed(self, nodes: int) -> tuple[str, float]:
        return "back_s", self.at_s + self.back_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        for node in stage.gateways:
            stage.engine.at(self.at_s, node.lose_host)
            stage.engine.at(self.at_s + self.back_s, node.restart)

    @property
    def hit(self) -> Hit:
        return Hit("nobody", 0, Phrase("dark", "the {} has no power"))

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        return (Form("power", 7, "all gateways lose power", _made),)


def _made(_: int, at_s: float, for_s: float) -> PowerCut:
    return PowerCut(kind="power-cut", at_s=exact(at_s), back_s=exact(for_s))
'''
WORLD = """
name = "dark"
designs = ["full-websocket"]
replications = 2
people = { count = 10 }
time = { warmup_s = 5.0, measure_s = 60.0, drain_s = 30.0 }
[[networks]]
share = 1.0
profile = "wifi"
[[faults]]
kind = "power-cut"
at_s = 20.0
back_s = 12.0
"""


def test_every_file_has_its_kind_and_simpler_classes_come_first():
    files = {path.stem for path in (ROOT / "sim" / "faults").glob("[a-z]*.py")}
    assert {kind.replace("-", "_") for kind in KINDS} == files - {"backend", "base", "plan"}
    assert list(KINDS) == sorted(KINDS)
    ranks = [form.rank for _, form in FORMS.values()]
    assert ranks == sorted(set(ranks))


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The program with one file more."""
    folder = copied(tmp_path_factory.mktemp("program"), "sim/faults/power_cut.py", POWER_CUT)
    (folder / "dark.toml").write_text(WORLD)
    return folder


def test_one_file_more_is_one_fault_more(copy):
    ended = rtcsim(copy, "compare", "dark.toml", "--out", "runs", "--workers", "1", "--histories")
    assert ended.returncode == 0, ended.stderr
    (page,) = copy.glob("runs/*/report.html")
    assert "A power-cut 20–32\N{NO-BREAK SPACE}s" in page.read_text("utf-8")
    calm = rtcsim(
        copy, "compare", "dark.toml", "--set", "faults=[]", "--out", "calm", "--workers", "1"
    )
    assert calm.returncode == 0, calm.stderr
    lost, kept = (
        next(copy.glob(f"{folder}/*/summary.json")).read_text() for folder in ("runs", "calm")
    )
    assert lost != kept
    assert "power-cut" in rtcsim(copy, "list", "faults").stdout


def test_its_keys_are_checked_like_all_others(copy):
    late = rtcsim(copy, "compare", "dark.toml", "--set", "faults.0.back_s=50", "--out", "late")
    assert late.returncode == 2
    assert "the fault is over at 70 s, after measuring ends" in late.stderr
    slip = rtcsim(copy, "compare", "dark.toml", "--set", "faults.0.kind=power-cat", "--out", "late")
    assert "did you mean 'power-cut'?" in slip.stderr


def test_a_hunt_knows_its_class(copy):
    words = "people=2 send=5:0 power=4.9+1"
    asked = ("--guarantee", "at-least-once", "--schedule", words, "--out", "hunts")
    ended = rtcsim(copy, "hunt", "full-websocket", *asked)
    assert ended.returncode in (3, 4), ended.stderr
    assert "the backplane has no power" in ended.stdout
    wrong = rtcsim(copy, "hunt", "full-websocket", "--schedule", "send=5:0 power=4")
    assert "power=AT+FOR" in wrong.stderr


def test_no_other_room_names_a_kind():
    """Neither by its word nor by its class: then one file more is all it takes."""
    words = {*KINDS} - {"reset"}  # also what a segment is
    files = {f"sim.faults.{kind.replace('-', '_')}" for kind in KINDS}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        if path.parent.name == "faults" or path.name == "twins.py":  # scenarios of measured cells
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert getattr(node, "module", None) not in files, path
            assert not (isinstance(node, ast.Constant) and node.value in words), path
