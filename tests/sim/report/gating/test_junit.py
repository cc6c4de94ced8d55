"""JUnit XML: accepted by a schema, complete, and the same every time.

`junit.xsd` says what CI servers read: the elements and attributes that the schema of Jenkins' xUnit
plugin (junit-10.xsd) allows and requires, as far as they are used here.
"""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from sim.report.gating.junit import junit
from tests.sim.report.gating.rows import MIXED, case, checked, row

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))
ALL = [
    MIXED,
    (),
    (checked(),),
    (checked(row("fail", case=case(timeline=()))), checked(row("unknown"))),
]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("found", ALL, ids=["mixed", "nothing", "no promise", "two scenarios"])
def test_the_schema_accepts_it(found, strict):
    SCHEMA.validate(junit(found, strict=strict))


@pytest.mark.parametrize(
    "changes",
    [
        {'failures="1"': 'failings="1"'},
        {"<skipped": "<ignored", "</skipped": "</ignored"},
        {'errors="0" skipped': 'errors="none" skipped'},
        {'name="fifo"': ""},
    ],
)
def test_the_schema_refuses_what_is_wrong(changes):
    text = junit(MIXED, strict=False)
    for right, wrong in changes.items():
        assert right in text
        text = text.replace(right, wrong)
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        SCHEMA.validate(text)


def cases(found, *, strict):
    root = ET.fromstring(junit(found, strict=strict).encode())
    return root, root.findall("testsuite/testcase")


def test_each_promise_is_a_case_with_its_state():
    root, found = cases(MIXED, strict=False)
    assert [[child.tag for child in one] for one in found] == [
        ["failure"],
        ["skipped"],
        ["system-out"],
        ["system-out"],
    ]
    assert root.attrib == {"name": "rtcsim check", "tests": "4", "failures": "1", "errors": "0"}
    assert root[0].attrib["skipped"] == "1"
    assert found[0].get("classname") == "mine.hybrid"
    text = found[0][0].text
    assert "Replay: rtcsim check mine.toml --seed 7 --replication 2" in text
    assert "13.000000 s  7 is lost" in text


def test_strict_turns_unknown_into_failure():
    root, found = cases(MIXED, strict=True)
    assert root.attrib["failures"] == "2"
    assert found[1][0].tag == "failure"
    assert found[1][0].get("type") == "liveness"


def test_what_xml_cannot_hold_is_replaced():
    _, found = cases(MIXED, strict=False)
    message = found[0][0].get("message")
    assert message == 'a <b> & "c" | `d` %0A * _e_ \ufffd 😀'


def test_equal_results_give_equal_bytes():
    assert junit(MIXED, strict=False) == junit(MIXED, strict=False)
    assert "time" not in ET.fromstring(junit(MIXED, strict=False).encode())[0].attrib
