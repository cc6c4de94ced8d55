"""What could have been found of claims, as it is stored."""

COUNTS = dict.fromkeys(
    ("demonstrated", "refuted", "conditional", "too few runs", "provenance", "not yet testable"), 0
)
RATE = {"value": 0.12, "low": 0.09, "high": 0.15, "unit": "share", "n": 8, "kind": "rate"}
NONE = {**RATE, "value": 0.0, "low": 0.0, "high": 0.01, "trials": 900}
TOLD = {
    "says": "it loses",
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
