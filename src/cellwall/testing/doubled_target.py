"""Runs tests of the target with the doubles of a role in it: one by one, or many from one process."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.project.config import TestSettings
from cellwall.project.environment import TargetEnvironment
from cellwall.project.own_folder import own_folder
from cellwall.project.roles import Roles
from cellwall.testing.leak_run import CONTROL, LeakRun, take
from cellwall.testing.leaky_doubles.making import doubles_of
from cellwall.testing.measured import read_session
from cellwall.testing.pytest_process import Injected, PytestProcess
from cellwall.testing.recovery import measure_group
from cellwall.testing.run_outcomes import by_config

LONGEST: Final = 180.0  # seconds for the run of one double
VARIABLE: Final = "CELLWALL_LEAKY_DOUBLE"
_PACKAGE: Final = Path(__file__).with_name("leaky_doubles")
_PLUGIN: Final = "cellwall_leaky_doubles.plugin"


@final
@dataclass(frozen=True, slots=True)
class Part:
    """Test modules that are about one role.

    Attributes:
        without: tests of these modules, as node ids without parameters, that are about other roles.
    """

    role: str
    paths: tuple[str, ...]
    without: frozenset[str] = frozenset()

    @property
    def doubles(self) -> tuple[str, ...]:
        """Give the doubles of the role between two controls."""
        return (CONTROL, *doubles_of(self.role), CONTROL)


@final
@dataclass(frozen=True, slots=True)
class DoubledTarget:
    """A workspace of the target, into which doubles are put while its tests run."""

    environment: TargetEnvironment
    workspace: Path
    settings: TestSettings
    roles: Roles

    def run(self, part: Part, double: str) -> LeakRun:
        """Run the modules in a process of their own with all doubles in place, of which `double` leaks.

        Raises:
            EnvironmentUnusable: no process can be started at all.
        """
        run = LeakRun()
        reasons: list[str] = []
        notes: list[str] = []
        for config, names in by_config(self.workspace, part.paths):
            with own_folder("tests") as scratch:
                record = scratch / "leaks.jsonl"
                told = {"role": part.role, "double": double, "without": sorted(part.without)}
                process = self._process(scratch, self._limit(double), record=str(record), **told)
                group = measure_group(process, config, names)
                run.by_id.update(group.by_id)
                run.collection_errors.update(group.collection_errors)
                notes += group.notes
                reasons += take(run, _lines(record))
        return replace(run, not_made=_listed(reasons), note=_listed(notes))

    def rehearse(self, parts: Sequence[Part]) -> dict[str, list[LeakRun]]:
        """Run each part under each of its doubles, in children of one process: role -> runs, as `doubles`.

        A role is left out where a child is not as good as a process of its own. A double is passed over, as
        a run that was not made, when every test has noticed one before.

        Raises:
            EnvironmentUnusable: no process can be started at all.
        """
        groups = by_config(self.workspace, sorted({path for part in parts for path in part.paths}))
        if len(groups) != 1:
            return {}
        with own_folder("tests") as scratch:
            told = [self._told(scratch / part.role, part) for part in parts]
            limit = sum(float(each["seconds"]) for each in told)
            process = self._process(scratch, limit, record=str(scratch / "modules.json"), parts=told)
            config, names = groups[0]
            if process.run(config, process.options(config)[0], names).completed.killed:
                return {}
            runs = {part.role: _rehearsed(each) for part, each in zip(parts, told, strict=True)}
            return {role: found for role, found in runs.items() if found}

    def _told(self, folder: Path, part: Part) -> dict[str, Any]:
        folder.mkdir()
        forks = [
            {
                "double": double,
                "record": str(folder / f"leaks-{number}.jsonl"),
                "outcomes": str(folder / f"outcomes-{number}.jsonl"),
                "seconds": self._limit(double),
            }
            for number, double in enumerate(part.doubles)
        ]
        return {
            "role": part.role,
            "paths": part.paths,
            "without": sorted(part.without),
            "record": str(folder / "leaks.jsonl"),
            "outcomes": str(folder / "outcomes.jsonl"),
            "seconds": sum(map(self._limit, part.doubles)),
            "forks": forks,
        }

    def _limit(self, double: str) -> float:
        # What waits for an event that leaked elsewhere would wait for ever.
        return self.settings.timeout if double == CONTROL else min(self.settings.timeout, LONGEST)

    def _process(self, scratch: Path, seconds: float, **told: Any) -> PytestProcess:
        roles = {
            name: {"imports": list(role.imports), "create": role.create}
            for name, role in self.roles.by_name.items()
        }
        variables = {VARIABLE: json.dumps({"roles": roles, **told})}
        injected = Injected(_PACKAGE, _PLUGIN, MappingProxyType(variables))
        settings = replace(self.settings, timeout=seconds)
        return PytestProcess(self.environment, self.workspace, scratch, settings, injected=injected)


def _rehearsed(told: Mapping[str, Any]) -> list[LeakRun]:
    """Give the runs of one part; nothing where its child did not come to its end."""
    lines = _lines(Path(told["record"]))
    session = read_session(_lines(Path(told["outcomes"])))
    if not session.ended or take(LeakRun(), lines) or any("not_rehearsed" in line for line in lines):
        return []
    return [_child(fork, session.collection_errors) for fork in told["forks"]]


def _child(fork: Mapping[str, Any], collection_errors: dict[str, str]) -> LeakRun:
    if not Path(fork["outcomes"]).exists():
        return LeakRun("it was passed over")
    session = read_session(_lines(Path(fork["outcomes"])))
    run = LeakRun(by_id=session.by_id, collection_errors=collection_errors)
    reasons = take(run, _lines(Path(fork["record"])))
    return replace(run, not_made=_listed(reasons), note="" if session.ended else "the child died")


def _listed(words: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(words))


def _lines(record: Path) -> list[str]:
    try:
        return record.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
