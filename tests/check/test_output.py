"""The output formats say the same about one report, and nothing in it can steer a terminal."""

import json
import subprocess
from pathlib import Path

from cellwall.check.edit import Fix, Safety
from cellwall.check.finding import Finding, Severity
from cellwall.check.output.diff import diff_lines
from cellwall.check.output.json import json_text
from cellwall.check.output.text import text_lines
from cellwall.check.parse import ParseError
from cellwall.check.reason import Reason
from cellwall.check.report import CheckReport


def found(path: str = "a.py", **changes: object) -> Finding:
    fields: dict[str, object] = {
        "path": path, "line": 3, "column": 5, "end_line": 3, "end_column": 9, "rule": "some-rule",
        "code": "CW999", "message": "it leaks", "severity": Severity.ERROR, "fix": Fix((), Safety.SAFE),
    }  # fmt: skip
    return Finding(**{**fields, **changes})  # type: ignore[arg-type]


REPORT = CheckReport(
    files=7,
    findings=(
        found(),
        found("b.py", fix=Fix((), Safety.UNSAFE), severity=Severity.WARNING),
        found("c.py", fix=None, reason=Reason.MEMBER_MISSING, detail="executor"),
        found("d.py", suppressed="meant"),
    ),
    repaired=(found("e.py"),),
    unparseable=(("f.py", ParseError(9, "invalid syntax")),),
    not_written=("g.py: cannot be written",),
)


def test_text() -> None:
    assert list(text_lines(REPORT)) == [
        "f.py:9:1: does not parse: invalid syntax",
        "a.py:3:5: error: it leaks [CW999 some-rule] (fixable)",
        "b.py:3:5: warning: it leaks [CW999 some-rule] (fixable with --unsafe-fixes)",
        "c.py:3:5: error: it leaks [CW999 some-rule] "
        "(not repaired: the replacement lacks an attribute that is used here: executor)",
        "g.py: cannot be written",
        "",
        "7 files: 2 errors, 1 warning, 1 fixable with --fix, 1 repaired, 1 suppressed, 1 file not parsed",
        "found:",
        "      3  CW999 some-rule",
        "repaired:",
        "      1  CW999 some-rule",
        "not repaired because:",
        "      1  the replacement lacks an attribute that is used here",
    ]


def test_a_clean_report_is_one_line() -> None:
    assert list(text_lines(CheckReport(1))) == ["1 file: 0 errors, 0 warnings"]


def test_no_text_steers_a_terminal() -> None:
    nasty = "\x1b[2J\rfine\u202e\udcff.py"
    report = CheckReport(
        1, (found(nasty, message=nasty),), unparseable=((nasty, ParseError(1, nasty)),), not_written=(nasty,)
    )
    text = "\n".join(text_lines(report))
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "\\x1b[2J" in text
    json.loads(json_text(report))


def test_json() -> None:
    body = json.loads(json_text(REPORT))
    assert body["files"] == 7
    assert [f["fix"] for f in body["findings"]] == ["safe", "unsafe", None, "safe"]
    assert body["findings"][2]["reason"] == Reason.MEMBER_MISSING.value
    assert body["findings"][2]["detail"] == "executor"
    assert body["findings"][3]["suppressed"] == "meant"
    assert body["unparseable"] == [{"path": "f.py", "line": 9, "message": "invalid syntax"}]
    assert body["summary"]["by_rule"] == {"CW999 some-rule": 3}
    assert body["summary"]["suppressed"] == 1


def test_what_fails() -> None:
    assert REPORT.fails(strict=False)
    warning = CheckReport(1, (found(severity=Severity.WARNING),))
    assert not warning.fails(strict=False)
    assert warning.fails(strict=True)
    broken = CheckReport(1, unparseable=(("f.py", ParseError(1, "x")),))
    assert not broken.fails(strict=False)
    assert broken.fails(strict=True)
    assert not CheckReport(1, (found(suppressed="meant"),)).fails(strict=True)
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
