"""Shares as rows and as a picture."""

from fake_results import KINDS, summary_of

from sim.report import attribution, page, plots, stored

SHARES = [
    {"aspect": "heartbeat", "share": -0.0204, "low": -0.024, "high": -0.016,
     "ratio": 1.02, "ratio_low": 0.97, "ratio_high": 1.07},
    {"aspect": "channel", "share": 0.0004, "low": -0.001, "high": 0.002,
     "ratio": -0.02, "ratio_low": -0.1, "ratio_high": 0.06},
]  # fmt: skip
PART = {
    "metric": "loss_pressed", "a": "full-websocket", "b": "mqtt-qos0", "unit": "share",
    "aspects": {"heartbeat": ["websockets", "paho"], "channel": ["websocket", "mqtt"]},
    "bound": ["recovery"], "orders": None, "reason": "", "verdict": "better", "shares": SHARES,
    "a_value": 0.039, "b_value": 0.019, "difference": -0.02, "low": -0.024, "high": -0.016,
}  # fmt: skip
LUCK = {**PART, "verdict": "too few runs", "shares": [SHARES[1]]}


def results(part):
    return stored.from_summary(summary_of(KINDS) | {"attribution": part})


def test_rows_have_the_share_its_interval_and_its_part_of_the_whole():
    found = attribution.shares(PART)
    heartbeat, channel = found.rows
    assert (heartbeat.a, heartbeat.b) == ("websockets", "paho")
    assert (heartbeat.share, heartbeat.interval) == ("−2.04", "−2.40 to −1.60")
    assert (heartbeat.ratio, heartbeat.ratio_interval) == ("102 %", "97 to 107")
    assert (heartbeat.is_clear, channel.is_clear) == (True, False)
    assert (found.heading, found.whole.ratio) == ("lost, points", "100 %")
    assert "With the channel go recovery" in found.notes[1]


def test_of_luck_nothing_is_shared_out():
    assert attribution.shares(LUCK) is None
    assert attribution.picture(results(LUCK)) is None
    clear = attribution.shares({**LUCK, "shares": SHARES})  # its aspects may still cancel out
    assert clear is not None
    assert clear.whole.ratio == ""


def test_the_page_has_the_picture_and_the_table_and_others_have_none():
    told = results(PART)
    drawn = plots.pictures(told)
    assert "attribution" in [one.name for one in drawn]
    text = page.render(told, drawn)
    assert "Where the difference comes from" in text
    assert "−2.40 to −1.60" in text
    without = stored.from_summary(summary_of(KINDS))
    assert attribution.picture(without) is None
    assert "Where the difference comes from" not in page.render(without, ())
