"""A check's result as JUnit XML, as CI servers read it.

One suite per scenario, one case per promise of a design. One that could not be decided is
skipped, or a failure under `strict`. No times: they say nothing here and
would make two equal results differ.
"""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from sim.report.escape import xml
from sim.report.gating.result import Checked, Row
from sim.report.gating.words import details


def junit(found: Sequence[Checked], *, strict: bool) -> str:
    """The whole document."""
    root = ET.Element("testsuites", name="rtcsim check")
    for one in found:
        root.append(_suite(one, strict=strict))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text.decode("utf-8") + "\n"


def _suite(found: Checked, *, strict: bool) -> ET.Element:
    suite = ET.Element("testsuite", name=xml(found.scenario))
    known = {
        "seed": found.seed,
        "replications": found.replications,
        "repeat": found.repeat,
        "folder": found.folder,
    }
    properties = ET.SubElement(suite, "properties")
    for name, value in known.items():
        if value is not None:
            ET.SubElement(properties, "property", name=name, value=xml(str(value)))
    suite.extend(_case(found, row, strict=strict) for row in found.rows)
    counts = {
        "tests": len(found.rows),
        "failures": len(suite.findall("testcase/failure")),
        "errors": 0,
        "skipped": len(suite.findall("testcase/skipped")),
    }
    for name, count in counts.items():
        suite.set(name, str(count))
    return suite


def _case(found: Checked, row: Row, *, strict: bool) -> ET.Element:
    name = {"classname": xml(f"{found.scenario}.{row.design}"), "name": xml(row.title)}
    case = ET.Element("testcase", name)
    if row.state == "pass":
        ET.SubElement(case, "system-out").text = xml(row.found)
        return case
    failed = strict or row.state == "fail"
    message = row.found if row.case is None else row.case.what
    about = {"message": xml(message)} | ({"type": row.kind} if failed else {})
    inside = ET.SubElement(case, "failure" if failed else "skipped", about)
    inside.text = xml("\n".join(details(row)))
    return case
