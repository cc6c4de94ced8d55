"""The sentence says what the figures bear out, and no more."""

from made_measures import design, wobble

from sim.experiment.answer import answer, shown, suggestion
from sim.experiment.statistics import summarise


def rates(hits, trials=10_000, count=8):
    return [[hits + place % 2, trials] for place in range(count)] if hits else [[0, trials]] * count


def test_it_groups_the_safe_and_lists_the_lossy_with_intervals():
    text = answer(
        summarise(
            {
                "socket": design(loss_pressed=rates(400)),
                "poll": design(loss_pressed=rates(0)),
                "broker": design(loss_pressed=rates(0)),
            }
        )
    )
    assert text.startswith("poll and broker lost nothing that was seen (in 8 replications)")
    assert "socket loses 4.00 % [" in text
    assert text.endswith("(95% intervals over 8 replications).")


def test_it_says_when_a_difference_cannot_be_told():
    uneven = [[0, 10_000], [0, 10_000], [3, 10_000], [0, 10_000]]
    text = answer(
        summarise({"a": design(loss_pressed=rates(0, count=4)), "b": design(loss_pressed=uneven)})
    )
    assert "not distinguishable from it: b" in text


def test_duplicates_and_speed_have_their_clauses():
    found = {
        "a": design(duplicates_visible=rates(30), latency_p50=wobble(0.05)),
        "b": design(duplicates_visible=rates(0), latency_p50=wobble(2.0, seed=3)),
    }
    text = answer(summarise(found))
    assert "a shows 0.305 % [" in text
    assert "half of all messages arrive within" in text
    assert "(a) to 2.00 s [" in text


def test_one_replication_proves_nothing():
    text = answer(summarise({"a": design(loss_pressed=[[0, 50]])}))
    assert text.endswith("One replication cannot tell any of this from chance.")


def test_nothing_measured_has_an_answer_too():
    assert answer(summarise({"a": design(latency_p50=[None])})) == "Nothing was measured."


def test_a_rate_without_hits_is_shown_as_a_bound():
    entry = summarise({"a": design(loss_pressed=[[0, 1000]] * 5)})["designs"]["a"]["loss_pressed"]
    assert shown(entry) == "none in 5,000 (5 replications)"


def test_suggestion_names_the_least_precise_guide():
    rough = design(latency_p50=[1.0, 2.0, 3.0, 1.5, 2.5, 1.0, 3.0, 2.0])
    assert suggestion(summarise({"a": rough})).startswith("latency_p50 of a is known to ±")
    assert suggestion(summarise({"a": design(latency_p50=wobble(1.0))})) == ""


def test_what_never_came_is_said_and_comes_last():
    slow, lost = design(latency_p50=wobble(0.05)), design(latency_p50=["never"] * 8)
    text = answer(summarise({"slow": slow, "lost": lost}))
    assert "never (lost)" in text
    mixed = summarise({"a": design(latency_p50=["never", *wobble(0.05)])})["designs"]["a"]
    assert shown(mixed["latency_p50"]) == "never"


def test_ends_are_written_as_a_person_writes_them():
    entry = {"value": 0.0038, "low": 3.28e-132, "high": 0.68, "unit": "share", "n": 3, "hits": 1,
             "kind": "rate", "trials": 263}  # fmt: skip
    assert shown(entry) == "0.380 % [0, 68.0]"
