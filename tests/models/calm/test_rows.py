"""Kinds of events, answers and columns do not collide."""

from models.calm import rows

NAMES = {name: value for name, value in vars(rows).items() if name.isupper() and type(value) is int}


def test_columns_of_a_connection_are_apart_and_fit():
    names = list(NAMES)
    columns = [NAMES[name] for name in names[: names.index("CONNECTION")]]
    assert sorted(columns) == list(range(rows.CONNECTION))


def test_kinds_and_answers_are_apart():
    names = list(NAMES)
    kinds = names[names.index("CONNECTION") + 1 : names.index("DONE")]
    answers = names[names.index("DONE") : names.index("TOLD")]
    for group in (kinds, answers):
        assert len({NAMES[name] for name in group}) == len(group)
    assert rows.WAKE not in rows.ON_THE_WIRE
