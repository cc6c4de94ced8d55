"""Designs are found where they lie: a file more is a design more."""

import sys
from importlib import import_module

from models import DESIGNS, designs
from models.designs import designs as found

MADE = """
from models.designs.hybrid import HYBRID_CURSOR

MADE = HYBRID_CURSOR.variant("made", {"typing": "websocket"})
"""


def test_families_come_first_and_then_products():
    names = list(found())
    assert names[0] == "full-websocket"
    assert names[-1] == "zalo"
    assert names.index("socketio-recovery") < names.index("discord")
    assert all(name == design.name for name, design in found().items())


def test_one_more_file_is_one_more_product(tmp_path, monkeypatch):
    (tmp_path / "made_products").mkdir()
    (tmp_path / "made_products" / "__init__.py").write_text("")
    (tmp_path / "made_products" / "made.py").write_text(MADE)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        rows = list(designs.within(import_module("made_products")))
    finally:
        for name in [name for name in sys.modules if name.startswith("made_products")]:
            del sys.modules[name]
    assert [design.name for design in rows] == ["hybrid-cursor", "made"]
    assert rows[0] is DESIGNS["hybrid-cursor"]
