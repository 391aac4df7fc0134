"""Runs new tests while a role of the target leaks on purpose, and tells what each of them failed by."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.project.config import TestSettings
from cellwall.project.environment import TargetEnvironment
from cellwall.project.own_folder import own_folder
from cellwall.project.roles import Roles
from cellwall.testing.leaky_doubles.making import doubles_of
from cellwall.testing.measured import Outcome
from cellwall.testing.pytest_process import Injected, PytestProcess
from cellwall.testing.recovery import measure_group
from cellwall.testing.run_outcomes import by_config

__all__ = ["CONTROL", "Failure", "LeakRun", "doubles_of", "run_with_double"]

CONTROL: Final = ""  # the double that does not leak
LONGEST: Final = 180.0  # seconds for the run of one double
VARIABLE: Final = "CELLWALL_LEAKY_DOUBLE"
_PACKAGE: Final = Path(__file__).with_name("leaky_doubles")
_PLUGIN: Final = "cellwall_leaky_doubles.plugin"


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """What a test failed by: "assertion", "refusal" (of the target) or "other"; `text` in words."""

    phase: str
    by: str
    text: str


@final
@dataclass(frozen=True, slots=True)
class LeakRun:
    """What came of one run.

    Attributes:
        not_made: why the double could not be put into the target; "" when it was.
        by_id: node id, relative to the workspace, to outcome.
        collection_errors: path to reason.
        failures: node id to what the test's body, or its set-up, failed by.
        note: what kept the run from being whole.
    """

    not_made: str = ""
    by_id: dict[str, Outcome] = field(default_factory=dict)
    collection_errors: dict[str, str] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    note: str = ""

    def noticed(self, node_id: str) -> str:
        """Give what the test noticed the leak by, in words; "" when it noticed none."""
        outcome, failure = self.by_id.get(node_id), self.failures.get(node_id)
        if outcome is None or failure is None or outcome.outcome != "failed" or failure.phase != "call":
            return ""
        return failure.text if failure.by in ("assertion", "refusal") else ""


def run_with_double(
    environment: TargetEnvironment,
    workspace: Path,
    paths: Sequence[str],
    *,
    settings: TestSettings,
    roles: Roles,
    role: str,
    double: str,
) -> LeakRun:
    """Run the test modules with all doubles of `role` in the target, of which `double` leaks.

    Raises:
        EnvironmentUnusable: no process can be started at all.
    """
    workspace = workspace.resolve()
    if double != CONTROL:  # what waits for an event that leaked elsewhere would wait for ever
        settings = replace(settings, timeout=min(settings.timeout, LONGEST))
    run = LeakRun()
    reasons: list[str] = []
    notes: list[str] = []
    for config, names in by_config(workspace, paths):
        with own_folder("tests") as scratch:
            record = scratch / "leaks.jsonl"
            told = {"role": role, "double": double, "record": str(record), "roles": _spelled(roles)}
            injected = Injected(_PACKAGE, _PLUGIN, MappingProxyType({VARIABLE: json.dumps(told)}))
            process = PytestProcess(environment, workspace, scratch, settings, injected=injected)
            group = measure_group(process, config, names)
            run.by_id.update(group.by_id)
            run.collection_errors.update(group.collection_errors)
            notes += group.notes
            reasons += _take(run, _lines(record))
    return replace(run, not_made=_listed(reasons), note=_listed(notes))


def _listed(words: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(words))


def _spelled(roles: Roles) -> dict[str, dict[str, Any]]:
    return {
        name: {"imports": list(role.imports), "create": role.create} for name, role in roles.by_name.items()
    }


def _lines(record: Path) -> list[str]:
    try:
        return record.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _take(run: LeakRun, lines: Iterable[str]) -> list[str]:
    """Take over what the plugin told; give why the double was not made."""
    made, reasons = False, []
    for line in lines:
        try:
            match json.loads(line):
                case {"kind": "made"}:
                    made = True
                case {"kind": "not_made", "why": str(why)}:
                    reasons.append(why)
                case {
                    "kind": "failure",
                    "id": str(node),
                    "phase": str(phase),
                    "by": str(by),
                    "text": str(text),
                }:
                    run.failures.setdefault(node, Failure(phase, by, text))
        except (ValueError, RecursionError):
            continue
    return reasons if made or reasons else ["the double's plugin told nothing"]
