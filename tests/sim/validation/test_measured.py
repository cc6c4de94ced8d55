"""Reading tables: the recorded ones, a user's own, and everything that can be wrong with them."""

import numpy as np
import pytest

from sim.errors import InputError
from sim.validation.measured import folder_of_recorded, read, recorded, value

LATENCY = "cell,packet_loss,sent,p50_ms\nws,0.02,4800,50.8\n"


def test_the_recorded_tables_are_all_there():
    found = recorded()
    assert len(found.of("latency")) == 17
    assert len(found.of("outages")) == 32
    assert len(found.of("outage_first_arrival")) == 25
    assert len(found.of("id_conflict")) == len(found.of("reconnect_storm")) == 1
    assert found.of("no such table") == ()


def test_single_latencies_agree_with_their_table():
    found = recorded()
    for row in found.of("latency"):
        latency_ms, room = found.latencies[row["cell"], float(row["packet_loss"])]
        assert len(latency_ms) == len(room) == int(row["sent"])
        assert np.quantile(latency_ms, 0.5) == pytest.approx(value(row, "p50_ms"), rel=1e-3)


def test_a_single_file_is_told_apart_by_its_columns(tmp_path):
    (tmp_path / "mine.csv").write_text(LATENCY)
    found = read(tmp_path / "mine.csv")
    assert found.of("latency")[0]["cell"] == "ws"
    assert found.latencies == {}


def test_a_table_may_come_in_several_files(tmp_path):
    (tmp_path / "a.csv").write_text(LATENCY)
    (tmp_path / "b.csv").write_text(LATENCY.replace("0.02", "0.05"))
    assert len(read(tmp_path).of("latency")) == 2


def test_what_is_not_there_is_no_number():
    row = {"a": "1.5", "b": "", "c": "x", "d": "nan"}
    assert [value(row, key) for key in "abcde"] == [1.5, None, None, None, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no row"),
        ("cell,other\nws,1\n", "columns do not fit"),
        (LATENCY.replace("0.02", "much"), "packet_loss = 'much'; allowed: a number"),
    ],
)
def test_bad_tables_are_refused(tmp_path, text, message):
    (tmp_path / "mine.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read(tmp_path)


def test_every_problem_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text("x\n1\n")
    with pytest.raises(InputError) as refused:
        read(tmp_path)
    assert len(refused.value.messages) == 2


def test_a_folder_without_tables_and_a_path_without_anything_are_refused(tmp_path):
    with pytest.raises(InputError, match="no table"):
        read(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "gone")


def test_the_recorded_folder_carries_its_provenance():
    assert "websockets 17.4" in (folder_of_recorded() / "README.md").read_text("utf-8")
