"""Compiled or as it stands: one storm."""

import pytest
from stormy import crash, played, world

from models.storms.machine_code import loop
from sim.core.compiled import PLAIN, can_compile
from sim.storms.question import VANISHES, Fault

STORMS = {
    "crash": (crash(3, 3.0), {}),
    "silence, by name": ((Fault(1.0, VANISHES, 0), Fault(9.0, VANISHES, 2)), {"spread": "dns"}),
    "a small queue": (crash(3, 2.0), {"scenario": {"servers__accept_backlog": 8}}),
    "asked others": (crash(3, 2.0), {"scenario": {"authenticator__check_s": 0.01}}),
}


@pytest.mark.skipif(not can_compile(), reason="without numba there is one way")
@pytest.mark.parametrize("name", STORMS)
def test_machine_code_plays_the_same_storm(name, monkeypatch):
    faults, more = STORMS[name]
    digests = []
    for plain in (False, True):
        if plain:
            monkeypatch.setenv(PLAIN, "1")
        given = {**more, "scenario": world(**more.get("scenario", {}))}
        digests.append(played(600, 4, faults, **given).digest)
    assert digests[0] == digests[1]


def test_it_can_be_told_not_to_compile(monkeypatch):
    monkeypatch.setenv(PLAIN, "1")
    assert "second_passes" in repr(loop(()))
