"""The two lines of an attribution."""

import textwrap

from sim.experiment.attribution.answer import LINE, LINES, answer

PART = {
    "metric": "loss_pressed", "a": "full-websocket", "b": "mqtt-qos0", "unit": "share",
    "a_value": 0.039, "b_value": 0.019, "difference": -0.02, "low": -0.024, "high": -0.016,
    "n": 10, "needs": None, "verdict": "better", "reason": "",
}  # fmt: skip


def share(aspect, ratio, share=None):
    value = -0.02 * ratio if share is None else share
    ends = {"low": value - 0.001, "high": value + 0.001}
    return {"aspect": aspect, "share": value, **ends, "ratio": ratio,
            "ratio_low": ratio - 0.05, "ratio_high": ratio + 0.05}  # fmt: skip


def said(shares, **other):
    text = answer({**PART, "shares": shares, **other})
    assert len(textwrap.wrap(text, LINE)) <= LINES
    return text


def test_one_aspect_alone():
    assert said([share("channel", -0.02), share("heartbeat", 1.02)]) == (
        "Lost: full-websocket 3.90 %, mqtt-qos0 1.90 %, 2.00 points less [1.6 to 2.4]; "
        "heartbeat alone makes 102 % [97 to 107] of it."
    )


def test_several_aspects_as_many_as_fit():
    text = said([share("back-off", 0.3), share("heartbeat", 0.6), share("channel", 0.1)])
    assert "heartbeat makes 60 %" in text
    assert text.endswith(" of it.")


def test_within_luck_there_are_no_shares():
    few = {"verdict": "too few runs", "low": -0.05, "high": 0.01, "needs": 40}
    text = said([share("heartbeat", 0.0, share=0.0)], **few)
    assert "too few runs, 10 bear no shares of it (40 may)" in text
    assert "[−5.0 to 1.0]" in text
    text = said([], verdict="not distinguishable", low=-0.05, high=0.01)
    assert "may be luck, 10 replications bear no shares" in text
    assert "equal within the margin" in said([], verdict="equal")


def test_aspects_that_cancel_are_named():
    apart = [share("heartbeat", 0.0, 0.01), share("channel", 0.0, -0.01)]
    text = said(apart, a="one", b="other", verdict="not distinguishable", low=-0.05, high=0.01)
    assert text.endswith("channel and heartbeat work against each other.")


def test_a_metric_without_shares_says_which_have():
    text = answer({**PART, "shares": [], "reason": "it is never in x", "instead": ["late_1s"]})
    assert text.endswith("it is never in x; others have: late_1s.")
