"""The runner that a project configures for its scripts: a command that writes a report as Jest does.

Vitest's `--reporter=json` has the same shape. What it is called with stands in `[tool.cellwall.scripts]`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cellwall.project.environment import Limits, TargetEnvironment
from cellwall.project.scripts_config import PATHS, REPORT, ScriptsConfig
from cellwall.testing.script_runners.named_outcomes import NamedOutcomes

_OUTCOMES: Final = {"passed": "passed", "failed": "failed"}


def run_configured(
    environment: TargetEnvironment,
    workspace: Path,
    scratch: Path,
    paths: Sequence[str],
    *,
    config: ScriptsConfig,
    seconds: float,
) -> NamedOutcomes:
    """Run the configured command over these files, in its folder, and read the report that it wrote."""
    report = scratch / "report.json"
    folder = (workspace / config.folder).resolve()
    completed = environment.run(
        list(_command(config, report, paths)),
        cwd=folder,
        limits=replace(Limits(), seconds=seconds),
        writable=(scratch, workspace),
    )
    found = NamedOutcomes()
    if completed.could_not_start:
        found.notes.append(f"{config.command[0]} is not there, so the tests of scripts did not run")
        return found
    try:
        read_report(found, workspace, json.loads(report.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        found.notes.append(
            f"{config.command[0]} wrote no report that can be read: {completed.last_words[:300]}"
        )
        return found
    found.nothing_of(paths, f"{config.command[0]} told of no test in it")
    return found


def _command(config: ScriptsConfig, report: Path, paths: Sequence[str]) -> Iterator[str]:
    below = f"{config.folder}/" if config.folder else ""
    for word in config.command:
        if word == PATHS:
            yield from (f"./{path.removeprefix(below)}" for path in paths)
        else:
            yield word.replace(REPORT, str(report))


def read_report(found: NamedOutcomes, workspace: Path, report: dict[str, Any]) -> None:
    """Take over a report; raises what a report of another shape raises."""
    for file in report["testResults"]:
        path = Path(str(file["name"])).relative_to(workspace).as_posix()
        tests = list(file["assertionResults"])
        if file.get("status") == "failed" and not tests:
            found.collection_errors[path] = str(file.get("message", ""))[:400]
        for test in tests:
            titles = [*map(str, test["ancestorTitles"]), str(test["title"])]
            reason = "; ".join(map(str, test.get("failureMessages") or ()))
            seconds = float(test.get("duration") or 0) / 1000
            found.take(path, titles, _OUTCOMES.get(test["status"], "skipped"), reason=reason, seconds=seconds)
