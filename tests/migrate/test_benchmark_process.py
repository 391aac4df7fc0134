"""The benchmark of a project runs in the target environment; a figure or a reason comes out of it."""

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.benchmark_process import figures_in, handle
from cellwall.project.config import load_project
from cellwall.project.config_record import config_to_record


def answer(tmp_path: Path, code: str) -> Any:
    project = config_to_record(load_project(tmp_path, python=Path(sys.executable)))
    request = {"project": project, "workspace": str(tmp_path), "argv": [sys.executable, "-c", code]}
    (told,) = handle(request)
    return told


def test_a_figure(tmp_path: Path) -> None:
    told = answer(tmp_path, "print('warming up'); print('{\"overhead_percent\": 2.5, \"runs\": 3}')")
    assert told == {"overhead_percent": 2.5, "note": ""}


def test_a_summary_goes_along_in_one_line_and_cut(tmp_path: Path) -> None:
    summary = "'of 1000\\n  requests' + 900 * '!'"
    told = answer(
        tmp_path, f"import json; print(json.dumps({{'overhead_percent': 1, 'summary': {summary}}}))"
    )
    assert told["overhead_percent"] == 1.0
    assert told["note"].startswith("of 1000 requests!")
    assert len(told["note"]) == 200


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("print('fast')", "printed no JSON object with a number 'overhead_percent': fast"),
        ("print('{\"overhead_percent\": true}')", "printed no JSON object"),
        ("pass", "it said nothing"),
        ("raise SystemExit('no server')", "exit code 1: no server"),
    ],
)
def test_a_reason_why_there_is_none(tmp_path: Path, code: str, note: str) -> None:
    told = answer(tmp_path, code)
    assert told["overhead_percent"] is None
    assert note in told["note"]


@pytest.mark.parametrize(
    "output",
    [
        '{"overhead_percent": NaN}',
        '{"overhead_percent": 1e999}',
        '{"overhead_percent": 1' + "0" * 400 + "}",
        '{"overhead_percent": 1' + "0" * 9000 + "}",
        '{"overhead_percent": "2"}',
        '{"overhead_percent": null}',
        "[" * 100_000,
        "[1]",
        "2.5",
        "",
    ],
)
def test_no_figure_is_taken_from_anything_else(output: str) -> None:
    assert figures_in(output) is None


def test_an_object_over_several_lines() -> None:
    assert figures_in('{\n  "overhead_percent": -1\n}\n') == (-1.0, "")


@given(st.text(max_size=200))
def test_no_output_breaks_it(output: str) -> None:
    figures_in(output)
