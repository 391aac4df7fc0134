"""The process that runs the project's benchmark, inside the target environment's walls."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cellwall.migrate.child import serve
from cellwall.migrate.spelled_command import run_spelled
from cellwall.project.environment import Completed

KEY: Final = "overhead_percent"
SUMMARY: Final = "summary"
SHOWN: Final = 200  # characters of what a benchmark said that are told


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Run the command that the request spells, never through a shell; give its figure, or why none."""
    yield {KEY: None, "note": ""} | _answer(run_spelled(request))


def _answer(completed: Completed) -> dict[str, Any]:
    if completed.timed_out:
        return {"note": "the benchmark timed out"}
    if completed.returncode:
        return {
            "note": f"the benchmark ended with exit code {completed.returncode}: {_last(completed.stderr)}"
        }
    told = figures_in(completed.stdout)
    if told is None:
        return {
            "note": f"the benchmark printed no JSON object with a number {KEY!r}: {_last(completed.stdout)}"
        }
    return {KEY: told[0], "note": told[1]}


def figures_in(output: str) -> tuple[float, str] | None:
    """Give overhead and summary of the JSON object that the output is, or that its last line is.

    >>> figures_in('warming up' + chr(10) + '{"overhead_percent": 2.5, "summary": "of 1000 requests"}')
    (2.5, 'of 1000 requests')
    """
    lines = output.strip().splitlines()
    return next((f for text in (output, *lines[-1:]) if (f := _figures(text)) is not None), None)


def _figures(text: str) -> tuple[float, str] | None:
    try:
        found = json.loads(text)
        value = found.get(KEY) if isinstance(found, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return None
    except (ValueError, RecursionError, OverflowError):
        return None
    summary = found.get(SUMMARY, "")
    return float(value), " ".join(summary.split())[:SHOWN] if isinstance(summary, str) else ""


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return " ".join(lines[-1].split())[:SHOWN] if lines else "it said nothing"


if __name__ == "__main__":
    serve(handle)
