"""Writes a check's result as JUnit XML: one suite per file, one failed case per finding."""

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from cellwall.check.finding import Finding
from cellwall.check.output.printable import printable
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport


def junit_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the document; a clean report has one case that passed, for empty reports are taken for broken."""
    active = report.active
    failures = len(active) + len(report.unparseable) + len(report.failures) + len(report.not_written)
    root = ET.Element("testsuites", name="cellwall", tests=str(failures or 1), failures=str(failures))
    for path, error in report.unparseable:
        _case(_suite(root, path, 1), path, "parse", f"line {error.line}: {error.message}")
    for path, group in groupby(active, key=lambda finding: finding.path):
        findings = list(group)
        suite = _suite(root, path, len(findings))
        for finding in findings:
            _finding(suite, finding)
    for message in (*report.not_written, *report.failures):
        _case(_suite(root, "cellwall", 1), "cellwall", "failure", message)
    if not failures:
        suite = ET.SubElement(root, "testsuite", name="cellwall", tests="1", failures="0")
        ET.SubElement(suite, "testcase", name="nothing found", classname="cellwall")
    ET.indent(root)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield ET.tostring(root, encoding="unicode")


def _suite(root: ET.Element, path: str, number: int) -> ET.Element:
    count = str(number)
    return ET.SubElement(root, "testsuite", name=printable(path), tests=count, failures=count)


def _finding(suite: ET.Element, finding: Finding) -> None:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    name = f"{finding.code} {finding.rule} at {finding.line}:{finding.column}"
    _case(suite, finding.path, name, finding.message, f"{place}: {finding.message}\n{finding.excerpt}")


def _case(suite: ET.Element, path: str, name: str, message: str, body: str = "") -> None:
    classname = printable(path.removesuffix(".py").replace("/", "."))
    case = ET.SubElement(suite, "testcase", name=printable(name), classname=classname, file=printable(path))
    failure = ET.SubElement(case, "failure", message=printable(message))
    failure.text = "\n".join(printable(line) for line in body.split("\n")) or printable(message)
