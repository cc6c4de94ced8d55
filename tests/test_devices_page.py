"""The page of clients: a row for each, with its numbers and its source, and examples that hold."""

import math
import re
import tomllib
from pathlib import Path

import pytest
from copied import copied, rtcsim

from models import DESIGNS
from models.protocols.software import CLIENTS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "devices.md").read_text("utf-8")
PRESETS = Path("models/protocols/software.py")
LYNX = """        "lynx": Software(offline_after_s=3.0, sends_pings=False, source="a test"),
        "safari": Software("""
WORLD = """
name = "lynx"
designs = ["told"]
replications = 1
people = { count = 6 }
time = { warmup_s = 5.0, measure_s = 60.0, drain_s = 30.0 }
[[networks]]
share = 1.0
profile = "wifi"
[[faults]]
kind = "link-outage"
person = 0
start_s = 20.0
end_s = 40.0
[variants.told]
base = "socketio"
client = "lynx"
"""


def after(seconds):
    return "never" if seconds == math.inf else f"after {seconds:g} s"


@pytest.mark.parametrize("name", CLIENTS)
def test_every_client_has_a_row_with_its_numbers(name):
    one = CLIENTS[name]
    told = [one.offline_after_s, one.online_after_s, one.gives_up_after_s]
    row = " | ".join([*map(after, told), "yes" if one.sends_pings else "no", one.source])
    assert f"| `{name}` | {row} |" in PAGE


def test_examples_are_variants_that_can_be():
    for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL):
        for name, fields in tomllib.loads(text).get("variants", {}).items():
            assert DESIGNS[fields.pop("base")].variant(name, fields).name == name


def test_one_entry_more_is_one_browser_more(tmp_path):
    text = (ROOT / PRESETS).read_text("utf-8").replace('        "safari": Software(', LYNX)
    folder = copied(tmp_path, str(PRESETS), text)
    (folder / "lynx.toml").write_text(WORLD)
    ended = rtcsim(folder, "compare", "lynx.toml", "--out", "runs", "--workers", "1")
    assert ended.returncode == 0, ended.stderr
    (page,) = folder.glob("runs/*/report.html")
    assert "lynx: a dead link is given up after 3 s" in page.read_text("utf-8")
    slip = rtcsim(folder, "compare", "lynx.toml", "--set", "variants.told.client=links")
    assert slip.returncode == 2
    assert "safari, native" in slip.stderr
    assert "lynx" in slip.stderr
