"""Claims for tests: a small one as its file has it, and what could be found of one as stored."""

_SMALL = """\
id = "X1"
claim = "Every message goes to every node."
question = "Does it?"

[worlds.few]
scenario = "commuter-day"
designs = {designs}
replications = 3

[worlds.few.set]
"people.count" = 12
"time.warmup_s" = 5
"time.measure_s" = 20
"time.drain_s" = 10
"actions.send.per_person_per_minute" = 6.0
"actions.typing.per_send" = 0.0
"actions.seen.per_person_per_minute" = 0.0
"servers.gateways" = 3

[[decides]]
says = "two others hear of it"
metric = "backplane_per_message"
figure = {{ design = "socketio" }}
relation = "above"
limit = 1.9
why = "two, and what is lost of them"
"""


def small(*designs):
    """The file of a claim that is decided in a few seconds, in a world with these designs."""
    return _SMALL.format(designs=[*designs])


COUNTS = dict.fromkeys(
    ("demonstrated", "refuted", "conditional", "too few runs", "provenance", "not yet testable"), 0
)
RATE = {"value": 0.12, "low": 0.09, "high": 0.15, "unit": "share", "n": 8, "kind": "rate"}
NONE = {**RATE, "value": 0.0, "low": 0.0, "high": 0.01, "trials": 900}
TOLD = {
    "says": "it loses",
    "why": "twice is more",
    "metric": "loss_pressed",
    "relation": "above",
    "times": 2.0,
    "by": 0.0,
    "limit": None,
    "state": "holds",
    "reason": "",
    "figure": {"design": "a", "world": "", "entry": RATE},
    "other": {"design": "b", "world": "calm", "entry": NONE},
    "above": [0.07, 0.15],
}
FOUND = {
    "id": "X1",
    "claim": "It loses.",
    "question": "Does it?",
    "needs": [],
    "leaves_out": [],
    "verdict": "demonstrated",
    "worlds": {"trains": "rtcsim compare commuter-day"},
    "decisions": [TOLD],
}
BOUNDARY = {
    "key": "people.count",
    "says": "the number of people",
    "low": 20.0,
    "high": 35.5,
    "below": "demonstrated",
    "above": "refuted",
}
