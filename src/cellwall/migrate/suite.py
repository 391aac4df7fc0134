"""Measures the whole suite before and after: what passed, what was lost, what is new."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

from cellwall.migrate import events as e
from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.figures import changed_paths
from cellwall.migrate.languages import is_test_module
from cellwall.migrate.modules_under_test import modules_under_test
from cellwall.migrate.processes import ChildError
from cellwall.migrate.run import Run
from cellwall.project.config_record import config_to_record

MODULE: Final = "cellwall.migrate.suite_process"
ATTEMPTS: Final = 3  # processes given to one measurement before the run goes on without it
PASSED: Final = "passed"
FAILED: Final = frozenset({"failed", "error"})


async def measure_suite(run: Run, when: str, commit: str) -> None:
    """Run every test module at `commit`, new ones too, and record the outcome; once per run."""
    if when in run.record.state.tests:
        return
    workspace = await asyncio.to_thread(run.workspace, f"suite-{when}", commit)
    answer = await _outcomes(run, workspace, [*run.scope.suite, *(_added(run) if when == "after" else ())])
    outcomes: dict[str, str] = answer["outcomes"]
    write_atomically(_file(run, when), json.dumps(outcomes).encode())
    run.record.add(_event(when, answer, _before(run, when)))


def _added(run: Run) -> list[str]:
    """Give the new test modules of merged batches: they are no part of the base, so no scope has them."""
    return [
        path
        for path in sorted(changed_paths(run.record.state) - set(run.scope.tracked))
        if is_test_module(path)
    ]


async def _outcomes(run: Run, workspace: Path, paths: Sequence[str]) -> dict[str, Any]:
    request = {
        "project": config_to_record(run.project),
        "workspace": str(workspace),
        "paths": list(paths),
        "coverage_of": modules_under_test(workspace, run.scope.test_modules, run.scope.tracked),
    }
    note = "the test process gave no answer"
    for _ in range(ATTEMPTS):
        try:
            async with aclosing(run.children.answers_of(MODULE, request)) as answers:
                async for answer in answers:
                    return answer
        except ChildError as error:
            note = str(error)
            run.record.add(e.Warned(f"the whole suite was not measured: {note}"))
    return {"outcomes": {}, "note": note}


def _file(run: Run, when: str) -> Path:
    return run.directory.path / f"suite-{when}.json"


def _before(run: Run, when: str) -> dict[str, str] | None:
    if when == "before" or not _file(run, "before").exists():
        return None
    before: dict[str, str] = json.loads(_file(run, "before").read_text(encoding="utf-8"))
    return before


def _event(when: str, answer: dict[str, Any], before: dict[str, str] | None) -> e.TestsMeasured:
    outcomes: dict[str, str] = answer["outcomes"]
    counts: dict[str, int] = {}
    for outcome in outcomes.values():
        counts[outcome] = counts.get(outcome, 0) + 1
    known = before if before is not None else outcomes
    return e.TestsMeasured(
        when=when,
        counts=counts,
        failed=sorted(node for node, outcome in outcomes.items() if outcome in FAILED),
        regressions=sorted(n for n, o in outcomes.items() if o != PASSED and known.get(n) == PASSED),
        new=sorted(set(outcomes) - set(known)),
        lost=sorted(set(known) - set(outcomes)),
        seconds=round(answer.get("seconds", 0.0), 3),
        overridden=list(answer.get("overridden", ())),
        coverage=answer.get("coverage"),
        note=answer.get("note", ""),
    )
