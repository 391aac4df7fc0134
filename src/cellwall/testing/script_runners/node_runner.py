"""Node's own test runner: which files are its, how it is started, what it told."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cellwall.project.environment import Limits, TargetEnvironment
from cellwall.testing.script_runners.named_outcomes import NamedOutcomes

REPORTER: Final = Path(__file__).with_name("node_reporter.mjs")
_USES_IT: Final = re.compile(rb"""(?:from|require\(|import)\s*['"]node:test['"]""")
NO_NODE: Final = "node is not there, so the tests of scripts did not run"


def is_for_node(source: bytes) -> bool:
    """Tell whether a script's tests are written for node's own runner.

    >>> is_for_node(b'import { test } from "node:test";')
    True
    """
    return _USES_IT.search(source) is not None


def run_node(
    environment: TargetEnvironment, workspace: Path, scratch: Path, paths: Sequence[str], seconds: float
) -> NamedOutcomes:
    """Run the tests of these files in one process of node, which runs each file in a process of its own."""
    record = scratch / "node-outcomes.jsonl"
    # The reporter goes along in the command: walls may hide the folder in which Cellwall is installed.
    reporter = f"data:text/javascript,{quote(REPORTER.read_text(encoding='utf-8'))}"
    completed = environment.run(
        ["node", "--test", f"--test-reporter={reporter}", f"--test-reporter-destination={record}"]
        + [f"./{path}" for path in paths],
        cwd=workspace,
        limits=replace(Limits(), seconds=seconds),
        writable=(scratch,),
    )
    found = NamedOutcomes()
    if completed.could_not_start:
        found.notes.append(NO_NODE)
        return found
    try:
        lines = record.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    read_lines(found, workspace, lines)
    if completed.timed_out:
        found.notes.append(f"time limit of {completed.seconds:.0f} s reached while node ran tests")
    else:
        found.nothing_of(paths, f"node told of no test in it: {completed.last_words[:300]}")
    return found


def read_lines(found: NamedOutcomes, workspace: Path, lines: Iterable[str]) -> None:
    """Fold what the reporter wrote; a line that is cut or not the reporter's own is passed over."""
    for line in lines:
        try:
            _take(found, workspace, json.loads(line))
        except (ValueError, TypeError, KeyError, RecursionError):
            continue


def _take(found: NamedOutcomes, workspace: Path, record: dict[str, Any]) -> None:
    path = Path(str(record["file"])).relative_to(workspace).as_posix()
    titles = [str(title) for title in record["titles"]]
    failed, reason = bool(record["failed"]), str(record["reason"])
    if len(titles) == 1 and Path(titles[0]).name == Path(path).name and titles[0].endswith(path):
        if failed:  # the file itself: it could not be loaded, or ended before its tests did
            found.collection_errors[path] = reason or "it ended with an error"
        return
    if record["suite"]:
        if failed and record["failure"] == "hookFailed":
            found.take(path, [*titles, "(hook)"], "error", reason=reason)
        return
    aside = bool(record["skipped"] or record["todo"])
    outcome = "skipped" if aside else "failed" if failed else "passed"
    found.take(path, titles, outcome, reason=reason, seconds=float(record["seconds"]))
