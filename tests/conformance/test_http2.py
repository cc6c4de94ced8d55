"""Designs whose requests go over HTTP/2 keep what all must keep, under every fault."""

from functools import cache

import pytest

from sim.experiment.run import run_replication
from tests.conformance import checks
from tests.conformance.runs import DESIGNS, FAULTS, Run, under

BASES = ("hybrid-cursor", "long-poll", "long-poll-unbuffered", "sse", "sse-resume")
CLIENTS = {"hybrid-cursor": "firefox", "long-poll-unbuffered": "httpx"}
PAIRS = [(base, fault) for base in BASES for fault in FAULTS]


@cache
def over_http2(base):
    http = {"version": "2", "http2_client": CLIENTS.get(base, "chromium")}
    return DESIGNS[base].variant(base, {"http": http})  # by its name: excuses are the same


@pytest.mark.parametrize(("base", "fault"), PAIRS, ids=map("/".join, PAIRS))
def test_design(base, fault):
    design = over_http2(base)
    found = Run(design, fault, run_replication(under(fault), design, 0))
    said = {
        check.__name__: checks.complaints(check, found) for check in checks.checks_of(design.claims)
    }
    assert {name: complaints for name, complaints in said.items() if complaints} == {}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("fault", ["all-at-once", "rolling-deploy", "changes-address"])
def test_rows_and_objects_have_one_digest(base, fault):
    scenario, design = under(fault), over_http2(base)
    ways = [{"passive": False}, {"plain": True}, {}]
    assert len({run_replication(scenario, design, 0, **way).digest() for way in ways}) == 1
