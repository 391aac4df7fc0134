"""What a gate is: a check that a patch must pass, which answers with evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cellwall.check.project_facts import ProjectFacts
from cellwall.migrate.batch import Patch
from cellwall.project.config import ProjectConfig
from cellwall.project.environment import TargetEnvironment


@dataclass(frozen=True, slots=True)
class Subject:
    """What a gate judges: a patch, and two workspaces on disk, one without and one with it.

    `allowed` are the paths that the batch may change. `run_tests` is false when the run does not validate
    continuously; the test gate then passes with the evidence "not run". `facts` are what the checker knows of
    the whole base; None has the gate collect them, which takes seconds in a large tree.
    """

    patch: Patch
    base_dir: Path
    patched_dir: Path
    allowed: frozenset[str]
    project: ProjectConfig
    environment: TargetEnvironment
    run_tests: bool = True
    facts: ProjectFacts | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate's answer. `evidence` is one or more lines for people, `figures` are for the report.

    `figures` holds JSON values only, e.g. {"before": {"passed": 3}, "after": {"passed": 4}, "new": [...]}.
    """

    gate: str
    passed: bool
    evidence: str
    figures: Mapping[str, object] = field(default_factory=dict)


class Gate(Protocol):
    """One check. `name` is stable: it stands in journals and reports."""

    name: str

    def judge(self, subject: Subject) -> Verdict:
        """Judge one patch; never raises for what the patch or the target code does."""
        ...
