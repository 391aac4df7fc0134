"""The document of a session as one HTML page that needs nothing else."""

import html
from collections.abc import Mapping
from typing import Any, Final

from cellwall.project.number_of import number_of
from cellwall.testing.certificate_lines import certificate_lines

_STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;padding:.3em .8em;text-align:left}"
    "pre{background:#f5f5f5;padding:.8em;overflow:auto}.failed,.error{color:#a00}.passed{color:#070}"
)


def page(document: Mapping[str, Any], services: list[str]) -> str:
    """Give the page: services, categories, what was explored, what failed with its text, then every test."""
    tests = document["tests"]
    broken = [test for test in tests if test["outcome"] in ("failed", "error")]
    outcomes = sorted({name for row in document["categories"].values() for name in row})
    rows = [
        [category, *(str(row.get(name, 0)) for name in outcomes)]
        for category, row in document["categories"].items()
    ]
    parts = [
        f"<h1>{number_of(len(tests), 'test')}, {len(broken)} failed</h1>",
        "".join(f"<p>{_text(line)}</p>" for line in services),
        _table(["category", *outcomes], rows),
        _explored(tests),
        *(f"<h2 class=failed>{_text(test['id'])}</h2><pre>{_text(test['message'])}</pre>" for test in broken),
        _table(["test", "outcome", "as many users", "seconds"], [_row(test) for test in tests]),
    ]
    return f"<!doctype html><meta charset=utf-8><title>Tests</title><style>{_STYLE}</style>{''.join(parts)}\n"


def _explored(tests: list[Mapping[str, Any]]) -> str:
    """Give what the explorer tried over all tests, and what it did not cover; "" where it tried nothing."""
    records = [test["isolation"] or {} for test in tests]
    lines = certificate_lines([record["certificate"] for record in records if "certificate" in record])
    return "".join(f"<p>{_text(line)}</p>" for line in lines)


def _row(test: Mapping[str, Any]) -> list[str]:
    record = test["isolation"] or {}
    many = f"{number_of(record['users'], 'user')}: {record['verdict']}" if "users" in record else ""
    if "certificate" in record:
        tried = record["certificate"]
        many += f", {number_of(tried['runs'], 'schedule')}, cancelled at {tried['swept']} of "
        many += number_of(tried["points"], "point")
    return [test["id"], test["outcome"], many, f"{test['seconds']:.3f}"]


def _table(head: list[str], rows: list[list[str]]) -> str:
    heads = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{heads}</tr>{body}</table>"


def _text(value: str) -> str:
    return html.escape(value)
