"""Shares as rows and as a picture."""

import json
from itertools import product

from fake_results import KINDS, summary_of

from sim.errors import InputError
from sim.report import attribution, page, plots, shapes, stored

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


STORED = PART | {"designs": {"0": "full-websocket", "3": "mqtt-qos0"}}
JUNK = (None, 3, -1.5, "x", [], [1], {}, {"x": 1}, True, [["a"]])


def damaged():
    """The part with each of its values, and each of a share's, missing or something else."""
    for key in STORED:
        rest = {one: value for one, value in STORED.items() if one != key}
        yield from (rest, *(rest | {key: junk} for junk in JUNK))
    for key, junk in product(SHARES[0], JUNK):
        yield STORED | {"shares": [SHARES[0] | {key: junk}, SHARES[1]]}


def told(part, path):
    """What is said of the part in a stored summary; it is shown when nothing is said."""
    path.write_text(json.dumps(summary_of(KINDS) | {"attribution": part}))
    try:
        found = shapes.summary(path)
    except InputError as error:
        return str(error)
    if found["attribution"]:
        attribution.shares(found["attribution"])
    return ""


def test_what_is_damaged_is_said_to_be_and_what_is_not_is_shown(tmp_path):
    path = tmp_path / "summary.json"
    said = [told(part, path) for part in damaged()]
    refused = [one for one in said if one]
    assert all("summary.json: damaged: attribution" in one for one in refused)
    assert len(refused) > len(said) / 2
    assert told(STORED, path) == ""
