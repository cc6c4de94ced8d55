"""What a claim's file may say, and what it may not."""

import json

import pytest
from pydantic import ValidationError

from sim.claims.spec import Claim

WORLDS = {"calm": {"scenario": "commuter-day", "designs": ["hybrid", "socketio"]}}
DECIDES = [
    {
        "says": "it loses",
        "metric": "loss_pressed",
        "figure": {"design": "hybrid"},
        "relation": "above",
        "limit": 0.1,
        "why": "a tenth is much",
    }
]
BOUNDARY = {"key": "people.count", "between": [10.0, 20.0], "says": "people"}
CHOICES = {"key": "servers.balancer", "values": ["sticky", "round-robin"], "says": "balancer"}


def claim(**changes):
    given = {"id": "X1", "claim": "It loses.", "question": "Does it?"}
    return Claim.model_validate_json(json.dumps(given | changes))


def refused(**changes):
    with pytest.raises(ValidationError) as caught:
        claim(**changes)
    return str(caught.value)


def decides(**changes):
    return [{**DECIDES[0], **changes}]


def test_what_is_decided_has_worlds():
    found = claim(worlds=WORLDS, decides=DECIDES, boundary=BOUNDARY)
    assert (found.kind, found.world_of(""), found.moves.key) == ("decided", "calm", "people.count")
    assert "belong together" in refused(worlds=WORLDS)
    assert "belong together" in refused(decides=DECIDES)


def test_what_is_not_decided_has_provenance_or_needs():
    shown = {"shows": "channels", "designs": ["hybrid"]}
    assert claim(provenance=shown, needs=["more"]).kind == "provenance"
    assert claim(needs=["devices"]).kind == "not yet testable"
    assert "or needs something" in refused()
    assert "or provenance" in refused(provenance=shown, worlds=WORLDS, decides=DECIDES)
    assert "need worlds" in refused(needs=["devices"], boundary=BOUNDARY)
    assert "leaves nothing out" in refused(needs=["devices"], leaves_out=["tabs"])
    assert claim(worlds=WORLDS, decides=DECIDES, leaves_out=["tabs"]).leaves_out == ("tabs",)


def test_sides_are_designs_that_run_in_worlds_that_exist():
    elsewhere = decides(figure={"design": "hybrid", "world": "storm"})
    assert "no world 'storm'; allowed: calm" in refused(worlds=WORLDS, decides=elsewhere)
    other = decides(figure={"design": "telegram"})
    message = "'telegram' does not run in 'calm'; allowed: hybrid, socketio"
    assert message in refused(worlds=WORLDS, decides=other)
    boundary = {**BOUNDARY, "world": "storm"}
    assert "no world 'storm'" in refused(worlds=WORLDS, decides=DECIDES, boundary=boundary)


def test_an_inequality_has_one_other_side():
    both = decides(other={"design": "socketio"})
    assert "not both" in refused(worlds=WORLDS, decides=both)
    neither = [{key: one for key, one in DECIDES[0].items() if key != "limit"}]
    assert "has to be given" in refused(worlds=WORLDS, decides=neither)
    far = decides(relation="within", by=-1.0)
    assert "a distance is not negative" in refused(worlds=WORLDS, decides=far)
    assert "decides.0.metric" in refused(worlds=WORLDS, decides=decides(metric="lost"))


@pytest.mark.parametrize("margin", [{"limit": 0.1}, {"times": 0.5}, {"by": 0.01}])
def test_a_margin_is_not_there_without_its_reason(margin):
    other = {} if "limit" in margin else {"other": {"design": "socketio"}}
    bare = {key: one for key, one in DECIDES[0].items() if key not in ("limit", "why")}
    found = refused(worlds=WORLDS, decides=[bare | other | margin])
    assert "why: a limit, times or by is not there without its reason" in found
    plain = [bare | {"other": {"design": "socketio"}}]
    assert claim(worlds=WORLDS, decides=plain).decides[0].why == ""


@pytest.mark.parametrize("between", [[20.0, 10.0], [0.0, 10.0], [-1.0, 10.0]])
def test_a_boundary_is_a_range(between):
    boundary = {**BOUNDARY, "between": between}
    assert "between" in refused(worlds=WORLDS, decides=DECIDES, boundary=boundary)


def test_one_thing_moves():
    both = {"boundary": BOUNDARY, "choices": CHOICES}
    assert "or choices" in refused(worlds=WORLDS, decides=DECIDES, **both)
    assert claim(worlds=WORLDS, decides=DECIDES, choices=CHOICES).moves.values[0] == "sticky"


def test_two_replications_are_too_few():
    few = {"calm": {**WORLDS["calm"], "replications": 2}}
    assert "replications" in refused(worlds=few, decides=DECIDES)
    assert "verdict" in refused(worlds=WORLDS, decides=DECIDES, verdict="demonstrated")
