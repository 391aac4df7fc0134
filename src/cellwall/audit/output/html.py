"""The report as one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from cellwall.project.number_of import number_of

_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
article{border:1px solid #d0d7de;border-left:6px solid #8c959f;border-radius:6px;margin:1rem 0}
article{padding:.6rem 1rem}
article.critical{border-left-color:#a40e26}article.high{border-left-color:#d1242f}
article.medium{border-left-color:#bf8700}
code,pre{font:13px/1.4 ui-monospace,monospace;background:#f6f8fa;border-radius:4px}code{padding:.1em .3em}
pre{padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere}
h1,h2{overflow-wrap:anywhere}.wide{overflow-x:auto}td code{background:none;padding:0}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{border:1px solid #d0d7de;padding:.25rem .5rem;text-align:left}
td.mark{text-align:center}tr.left td{color:#6e7781}.found{color:#a40e26;font-weight:bold}
dt{font-weight:600;float:left;clear:left;width:6rem}dd{margin:0 0 .3rem 6.5rem;overflow-wrap:anywhere}
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_MARKS: Final = {"tested": "&check;", "not reached": "&ndash;", "not applicable": ""}


def html_text(record: Mapping[str, Any]) -> str:
    """Give the page; everything that comes from the application is escaped."""
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<title>Audit of {escape(record['target'])}</title><style>{_STYLE}</style></head>\n<body>",
            *_head(record),
            *(line for finding in record["findings"] for line in _finding(finding)),
            *_coverage(record["coverage"]),
            *(f"<p>Note: {escape(note)}</p>" for note in record["notes"]),
            *(f"<p>Looked at: {escape(part)}</p>" for part in record["static"]),
            "</body>\n</html>",
        ]
    )


def _head(record: Mapping[str, Any]) -> Iterator[str]:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in record["counts"].items())
    yield f"<h1>Audit of {escape(record['target'])}</h1>"
    asked = number_of(record["requests"], "request")
    yield f"<p>{counts}. {asked} in {record['seconds']} s, seed {record['seed']}.</p>"
    if record["too_little_tested"]:
        yield f'<p class="found">Not clean: {escape(record["too_little_tested"])}</p>'
    if record["coverage"]["operations"]:
        users = "can" if record["users_usable"] else "can NOT"
        yield f"<p>Both users {users} still be used.</p>"


def _finding(finding: Mapping[str, Any]) -> Iterator[str]:
    accepted = ", accepted" if finding["accepted"] else ""
    yield f'<article class="{escape(finding["severity"])}" id="{escape(finding["id"])}">'
    yield f"<h2>{escape(finding['title'])}</h2><dl>"
    rows = {
        "severity": f"{finding['severity']} ({finding['verdict']}{accepted}): {finding['reason']}",
        "where": f"{finding['target']} {finding['detail']}",
        "code": finding["place"],
        "lists": f"{finding['cwe']}, {finding['owasp']}",
        "evidence": finding["evidence"],
        "fix": finding["fix"],
        "retest": finding["retest"],
    }
    for name, text in rows.items():
        if text:
            yield f"<dt>{name}</dt><dd>{escape(text)}</dd>"
    yield "</dl>"
    for exchange in finding["requests"]:
        yield f"<p>As {escape(exchange['as'])}, answered {exchange['status']}:</p>"
        yield f"<pre>{escape(exchange['curl'])}\n\n{escape(exchange['answer'])}</pre>"
    yield "</article>"


def _coverage(coverage: Mapping[str, Any]) -> Iterator[str]:
    if not coverage["operations"]:
        return
    count = coverage["operations_that_take_an_id"]
    yield f"<h2>Coverage: {coverage['share']:.0%} of {number_of(count, 'operation')} with ids</h2>"
    heads = "".join(f"<th>{escape(name)}</th>" for name in coverage["probes"])
    yield f'<div class="wide"><table><tr><th>operation</th>{heads}<th>not tested because</th></tr>'
    for row in coverage["operations"]:
        cells = "".join(
            f'<td class="mark">{_mark(row["probes"].get(name))}</td>' for name in coverage["probes"]
        )
        kind = ' class="left"' if row["left_out"] else ""
        reason = escape(row["left_out"] or row["why_not"])
        yield f"<tr{kind}><td><code>{escape(row['operation'])}</code></td>{cells}<td>{reason}</td></tr>"
    yield "</table></div>"


def _mark(outcome: Mapping[str, Any] | None) -> str:
    if outcome is None:
        return ""
    return '<span class="found">found</span>' if outcome["findings"] else _MARKS[outcome["status"]]
