"""Runs new tests while a role of the target leaks on purpose, and tells what each of them failed by."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.project.config import TestSettings
from cellwall.project.environment import TargetEnvironment
from cellwall.project.own_folder import own_folder
from cellwall.project.roles import Roles
from cellwall.testing.leaky_doubles.making import doubles_of
from cellwall.testing.measured import Outcome, Session, read_session
from cellwall.testing.pytest_process import Injected, PytestProcess
from cellwall.testing.recovery import measure_group
from cellwall.testing.run_outcomes import by_config

__all__ = ["CONTROL", "Doubled", "Failure", "LeakRun", "doubles_of"]

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


@final
@dataclass(frozen=True, slots=True)
class Doubled:
    """Test modules of a workspace, and the role whose doubles are put into the target for them."""

    environment: TargetEnvironment
    workspace: Path
    paths: Sequence[str]
    settings: TestSettings
    roles: Roles
    role: str

    def run(self, double: str) -> LeakRun:
        """Run the modules in a process of their own with all doubles in place, of which `double` leaks.

        Raises:
            EnvironmentUnusable: no process can be started at all.
        """
        run = LeakRun()
        reasons: list[str] = []
        notes: list[str] = []
        for config, names in by_config(self.workspace, self.paths):
            with own_folder("tests") as scratch:
                record = scratch / "leaks.jsonl"
                process = self._process(scratch, self._limit(double), double=double, record=str(record))
                group = measure_group(process, config, names)
                run.by_id.update(group.by_id)
                run.collection_errors.update(group.collection_errors)
                notes += group.notes
                reasons += _take(run, _lines(record))
        return replace(run, not_made=_listed(reasons), note=_listed(notes))

    def rehearse(self, doubles: Sequence[str]) -> list[LeakRun]:
        """Run the modules under each double, in children of one process; give nothing where that cannot be.

        A double is passed over, as a run that is not made, when every test has noticed one before.

        Raises:
            EnvironmentUnusable: no process can be started at all.
        """
        groups = by_config(self.workspace, self.paths)
        if len(groups) != 1:
            return []
        config, names = groups[0]
        with own_folder("tests") as scratch:
            forks = [
                {
                    "double": double,
                    "record": str(scratch / f"leaks-{number}.jsonl"),
                    "outcomes": str(scratch / f"forked-{number}.jsonl"),
                    "seconds": self._limit(double),
                }
                for number, double in enumerate(doubles)
            ]
            record = scratch / "leaks.jsonl"
            limit = sum(map(self._limit, doubles))
            process = self._process(scratch, limit, double=CONTROL, record=str(record), forks=forks)
            session = process.run(config, process.options(config)[0], names).session
            told = _lines(record)
            if not session.ended or _take(LeakRun(), told) or any("not_rehearsed" in line for line in told):
                return []
            return [_rehearsed(session, fork) for fork in forks]

    def _limit(self, double: str) -> float:
        # What waits for an event that leaked elsewhere would wait for ever.
        return self.settings.timeout if double == CONTROL else min(self.settings.timeout, LONGEST)

    def _process(self, scratch: Path, seconds: float, **told: Any) -> PytestProcess:
        told |= {"role": self.role, "roles": _spelled(self.roles)}
        injected = Injected(_PACKAGE, _PLUGIN, MappingProxyType({VARIABLE: json.dumps(told)}))
        settings = replace(self.settings, timeout=seconds)
        return PytestProcess(self.environment, self.workspace, scratch, settings, injected=injected)


def _rehearsed(session: Session, fork: Mapping[str, Any]) -> LeakRun:
    """Give what a child told; what it did not end is not run."""
    try:
        with open(fork["outcomes"], encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
            child = read_session(lines)
    except OSError:
        return LeakRun("it was passed over")
    run = LeakRun(by_id=child.by_id, collection_errors=session.collection_errors)
    reasons = _take(run, _lines(Path(fork["record"])))
    return replace(run, not_made=_listed(reasons), note="" if child.ended else "the child died")


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
