"""The page of questions: every command on it is accepted, up to where it would begin to work."""

import re
import shlex
from pathlib import Path

import pytest

from sim.claims.reading import claims
from sim.cli import app
from sim.commands import claiming, running, sweeping

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "questions.md").read_text("utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [
    " ".join(line.split()) for one in BLOCKS for line in one.replace("\\\n", "").splitlines()
]


class BeginsError(Exception):
    """All that was typed is accepted; from here on it would run."""


@pytest.mark.parametrize("line", COMMANDS)
def test_what_the_page_says_can_be_typed(line, monkeypatch, tmp_path):
    def begin(**_):
        raise BeginsError

    for place in (running, sweeping, claiming):
        monkeypatch.setattr(place, "bar", begin)
    monkeypatch.setattr("sim.experiment.preparing.prepare", lambda plan, tell: None)
    monkeypatch.setattr("sim.experiment.estimate.estimate", lambda plan: None)
    monkeypatch.setattr("sim.registry.play_storm", None)
    monkeypatch.chdir(ROOT)
    program, *words = shlex.split(line)
    assert program == "rtcsim"
    to = [] if words[0] in {"check", "hunt", "rare"} else ["--out", str(tmp_path)]
    with pytest.raises(BeginsError):
        app([*words, *to], prog_name="rtcsim", standalone_mode=False)


def test_every_question_has_a_command():
    asked = re.split(r"^\*\*", PAGE, flags=re.MULTILINE)[1:]
    assert len(asked) >= 20
    assert all("```bash" in one and one.index("?**") < one.index("```") for one in asked)


def test_claims_that_are_named_exist():
    named = set(re.findall(r"\b([STQ]\d[ab]?)\b", PAGE))
    assert len(named) >= 8
    assert named <= set(claims())
