"""Traces: what is read, and one clear line for everything that cannot be."""

import os
import re
from pathlib import Path

import pytest

from sim.workload.errors import TraceError
from sim.workload.spec import TraceSpec
from sim.workload.trace import MAX_ERRORS, MAX_LINE, read_trace, rows, trace_span
from tests.shared_data import shared

HEADER = "time_s,sender,conversation,size_bytes\n"


def _file(folder: Path, text: str) -> Path:
    path = folder / "chat.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def _mistakes(folder: Path, text: str) -> list[str]:
    path = _file(folder, text)
    with pytest.raises(TraceError) as caught:
        read_trace(path)
    assert all(message.startswith(str(path)) for message in caught.value.messages)
    return [message.removeprefix(str(path)) for message in caught.value.messages]


def test_people_and_conversations_are_numbered_by_first_appearance(tmp_path: Path) -> None:
    text = HEADER + "1.5,zoe,b,10\n1.5,al,a,0\n9,zoe,a,7\n"
    trace = read_trace(_file(tmp_path, text))
    assert trace.people == 2
    assert trace.time_s.tolist() == [1.5, 1.5, 9.0]
    assert trace.sender.tolist() == [0, 1, 0]
    assert trace.conversation.tolist() == [0, 1, 1]
    assert trace.size_bytes.tolist() == [10, 0, 7]


def test_columns_may_be_in_any_order_and_without_conversation(tmp_path: Path) -> None:
    text = "\ufeffsize_bytes, sender ,time_s\r\n3,ann,0\r\n\r\n 4 , ann ,1\r\n"
    trace = read_trace(_file(tmp_path, text))
    assert trace.people == 1
    assert trace.conversation.tolist() == [0, 0]
    assert trace.size_bytes.tolist() == [3, 4]


def test_an_empty_conversation_is_one_of_its_own(tmp_path: Path) -> None:
    trace = read_trace(_file(tmp_path, HEADER + "0,a,,1\n1,a,x,1\n2,b,,1\n"))
    assert trace.conversation.tolist() == [0, 1, 0]


def test_quoted_names_may_hold_commas_and_stray_bytes(tmp_path: Path) -> None:
    trace = read_trace(_file(tmp_path, HEADER + '0,"a,b",x,1\n1,\udce9,x,1\n2,\udce8,x,1\n'))
    assert trace.sender.tolist() == [0, 1, 2]


def test_rows_are_streamed(tmp_path: Path) -> None:
    found = rows(_file(tmp_path, HEADER + "0,a,x,1\nnot a row\n"))
    assert next(found).sender == "a"
    with pytest.raises(TraceError):
        next(found)


def test_span(tmp_path: Path) -> None:
    file = _file(tmp_path, HEADER + "3,a,x,1\n4,b,x,1\n9.5,a,x,1\n")
    assert trace_span(TraceSpec(file=file)) == (3.0, 9.5)
    assert trace_span(TraceSpec(file=_file(tmp_path, HEADER + "-3,a,x,1\n"))) == (-3.0, -3.0)
    with pytest.raises(ValueError, match=r"trace\.file"):
        trace_span(TraceSpec())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [":1: the file is empty; allowed: a first line naming the columns"]),
        ("0,a,x,1\n", [":1: header: '0,a,x,1' is not allowed; allowed: a first line naming"]),
        (HEADER, [":1: no rows below the header; allowed: at least one"]),
        (HEADER + "\n\n", [":3: no rows below the header; allowed: at least one"]),
        ("time_s,sender,room,size\n", [
            ":1: header: column size_bytes is missing among: time_s, sender, room, size; allowed:",
        ]),
        ("time_s,Time_S,sender,size_bytes\n", [":1: header: 'Time_S' is not allowed"]),
        (HEADER + "0,a,x\n", [":2: 3 values; allowed: 4 as in the header"]),
        (HEADER + "0,a,x,1,2\n", [":2: 5 values; allowed: 4 as in the header"]),
        (HEADER + "soon,a,x,1\n", [":2: time_s: 'soon' is not allowed; allowed: a finite number"]),
        (HEADER + "nan,a,x,1\n", [":2: time_s: 'nan' is not allowed"]),
        (HEADER + "inf,a,x,1\n", [":2: time_s: 'inf' is not allowed"]),
        (HEADER + "5,a,x,1\n4.9,a,x,1\n", [
            ":3: time_s: '4.9' is not allowed; allowed: not before the row above (5.0)"
        ]),
        (HEADER + "0,a,x,big\n", [":2: size_bytes: 'big' is not allowed; allowed: a whole"]),
        (HEADER + "0,a,x,-1\n", [":2: size_bytes: '-1' is not allowed"]),
        (HEADER + "0,a,x,1.5\n", [":2: size_bytes: '1.5' is not allowed"]),
        (HEADER + "0,a,x,2147483648\n", [":2: size_bytes: '2147483648' is not allowed"]),
        (HEADER + "0, ,x,1\n", [":2: sender: '' is not allowed"]),
        (HEADER + "0,a,x,1\nx,,x,y\n1,b,x,z\n", [
            ":3: sender: ''",
            ":3: time_s: 'x'",
            ":3: size_bytes: 'y'",
            ":4: size_bytes: 'z'",
        ]),
        (HEADER + "0," + "a" * 200_000 + ",x,1\n", [":2: not readable as CSV: field larger"]),
    ],
)  # fmt: skip
def test_every_mistake_has_its_place(tmp_path: Path, text: str, expected: list[str]) -> None:
    found = _mistakes(tmp_path, text)
    assert len(found) == len(expected), found
    for message, start in zip(found, expected, strict=True):
        assert message.startswith(start)


def test_a_file_of_another_kind_does_not_flood(tmp_path: Path) -> None:
    found = _mistakes(tmp_path, HEADER + "0,a,x,?\n" * 5000)
    assert len(found) == MAX_ERRORS + 1
    assert found[-1] == f": stopped after {MAX_ERRORS} mistakes"


EXPORT = (
    "\ufeffTime_s;Sender;Conversation;Size_Bytes;Text\r\n"
    "2023-09-23T13:15:48.379+03:00;ann;general;2;hi\r\n"
    '2023-09-23 10:15:50Z;bob;general;3;"yo; x\r\ny"\r\n'
)


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_chat_export_is_read(tmp_path: Path, mark: str) -> None:
    trace = read_trace(_file(tmp_path, EXPORT.replace(";", mark)))
    assert trace.time_s.tolist() == [0.0, 1.621]
    assert trace.size_bytes.tolist() == [2, 3]
    assert trace.ignored == ("Text",)
    assert trace.span_s == 2.0


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (("2023-09-23T13:15:48", "2023-09-23T13:15:49"), ":2: time_s: '2023-09-23T13:15:48' is"),
        (("0", "2023-09-23T13:15:49Z"), ":3: time_s: '2023-09-23T13:15:49Z' is not allowed"),
        (("2023-09-23T13:15:49Z", "1"), ":3: time_s: '1' is not allowed"),
        (("2023-09-23T13:15:49Z", "2023-09-23T13:15:49+01:00"), ":3: time_s: .*not before the row"),
        (("2023-13-01T00:00Z", "2023-13-01T00:00Z"), "with offset, as 2023-"),
    ],
)
def test_dates_have_an_offset_and_a_file_one_kind_of_time(
    tmp_path: Path, times: tuple[str, str], words: str
) -> None:
    text = HEADER + "".join(f"{time},a,x,1\n" for time in times)
    assert re.search(words, _mistakes(tmp_path, text)[0])


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    assert _mistakes(tmp_path, "x" * (MAX_LINE + 1))[0].startswith(": a line has more than")


def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    for path in (fifo, Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(TraceError, match="allowed: a readable file"):
            read_trace(path)


@pytest.mark.parametrize("name", ["nowhere.csv", ".", "a" * 5000])
def test_a_file_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(TraceError, match="allowed: a readable file"):
        read_trace(tmp_path / name)


def test_the_ubuntu_log() -> None:
    trace = read_trace(shared("data/ubuntu-irc-2008-04-27.csv"))
    assert len(trace.time_s) == 1939
    assert trace.people == 179
    assert set(trace.conversation.tolist()) == {0}
