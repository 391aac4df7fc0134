"""Runs the project's own benchmark of what isolation costs, where the plan asks for that and there is one."""

import asyncio
import shlex
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import PurePosixPath
from typing import Any, Final

from cellwall.migrate import events as e
from cellwall.migrate.criteria.evaluators.overhead import EVALUATOR
from cellwall.migrate.processes import ChildError
from cellwall.migrate.run import Run
from cellwall.project.config_record import config_to_record

MODULE: Final = "cellwall.migrate.benchmark_process"


async def measure_benchmark(run: Run) -> None:
    """Run `[tool.cellwall.benchmark] command` on the run's branch and record its figure; once per run.

    The project's configuration names the command, never the plan, so it runs as the project's tests do.
    """
    if not run.project.benchmark or run.record.state.benchmark or not _asked(run):
        return
    workspace = await asyncio.to_thread(run.workspace, "benchmark", run.tip)
    argv = _spelled(run.project.benchmark, str(run.project.python))
    request = {"project": config_to_record(run.project), "workspace": str(workspace), "argv": argv}
    answer = await _answer(run, request)
    command = shlex.join(run.project.benchmark)
    run.record.add(e.BenchmarkMeasured(command, answer["overhead_percent"], answer["note"]))


def _asked(run: Run) -> bool:
    items = (*run.plan.success_criteria, *run.plan.success_metrics)
    return any(EVALUATOR.covers(item.text) for item in items)


def _spelled(command: tuple[str, ...], python: str) -> list[str]:
    """Give the command with the project's interpreter where it says `python`."""
    first, *rest = command
    return [python if PurePosixPath(first).name in ("python", "python3") else first, *rest]


async def _answer(run: Run, request: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        async with aclosing(run.children.answers_of(MODULE, request)) as answers:
            async for answer in answers:
                return answer
    except ChildError as error:
        return {"overhead_percent": None, "note": str(error)}
    return {"overhead_percent": None, "note": "the benchmark's process gave no answer"}
