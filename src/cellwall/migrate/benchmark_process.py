"""The process that runs the project's benchmark, inside the target environment's walls."""

import json
import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from cellwall.migrate.child import serve
from cellwall.project.config_record import config_from_record
from cellwall.project.environment import Completed, asked_again_if_killed
from cellwall.project.local_environment import make_environment

KEY: Final = "overhead_percent"
SHOWN: Final = 200  # characters of what a benchmark said that are told


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Run the command that the request spells, never through a shell; give its figure, or why none."""
    project = config_from_record(request["project"])
    run = partial(make_environment(project).run, request["argv"], cwd=Path(request["workspace"]))
    completed = asked_again_if_killed(run)
    yield {KEY: None, "note": ""} | _answer(completed)


def _answer(completed: Completed) -> dict[str, Any]:
    if completed.timed_out:
        return {"note": "the benchmark timed out"}
    if completed.returncode:
        return {
            "note": f"the benchmark ended with exit code {completed.returncode}: {_last(completed.stderr)}"
        }
    figure = overhead_in(completed.stdout)
    if figure is None:
        return {
            "note": f"the benchmark printed no JSON object with a number {KEY!r}: {_last(completed.stdout)}"
        }
    return {KEY: figure}


def overhead_in(output: str) -> float | None:
    """Give the figure of the JSON object that the output is, or that its last line is.

    >>> overhead_in('warming up' + chr(10) + '{"overhead_percent": 2.5}')
    2.5
    """
    lines = output.strip().splitlines()
    return next((f for text in (output, *lines[-1:]) if (f := _figure(text)) is not None), None)


def _figure(text: str) -> float | None:
    try:
        found = json.loads(text)
        value = found.get(KEY) if isinstance(found, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if math.isfinite(value) else None
    except (ValueError, RecursionError, OverflowError):
        return None


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return " ".join(lines[-1].split())[:SHOWN] if lines else "it said nothing"


if __name__ == "__main__":
    serve(handle)
