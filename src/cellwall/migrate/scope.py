"""What a run works on: who owns which file, and what the checker says of them at one commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.context_use import ContextUse
from cellwall.migrate.languages import is_python, is_script, is_source, is_test_module
from cellwall.migrate.survey import Survey
from cellwall.project.roles import Roles


@dataclass(frozen=True, slots=True)
class Scope:
    """The files of a run: `owned` is agent number -> files that it may edit."""

    survey: Survey
    owned: Mapping[int, tuple[str, ...]]
    tracked: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file in scope, sorted."""
        return tuple(sorted(path for paths in self.owned.values() for path in paths))

    @property
    def test_modules(self) -> tuple[str, ...]:
        """The test modules of Python in scope, conftest files left out."""
        return tuple(path for path in self.files if is_python(path) and not is_shared(path))

    @property
    def test_scripts(self) -> tuple[str, ...]:
        """The scripts with tests in scope."""
        return tuple(path for path in self.files if is_script(path) and not is_shared(path))

    @property
    def suite(self) -> tuple[str, ...]:
        """Every test module of the repository, in scope or not."""
        return tuple(path for path in self.tracked if is_test_module(path) and not is_shared(path))


def is_shared(path: str) -> bool:
    """Whether a test file is support that several agents may need: no test module, or a conftest."""
    return path.rpartition("/")[2] == "conftest.py" or not is_test_module(path)


@dataclass(slots=True)
class Measured:
    """What the checker says of the files in scope; `concerned` are the files with findings."""

    findings: dict[str, int] = field(default_factory=dict)
    concerned: list[str] = field(default_factory=list)
    unparseable: list[dict[str, Any]] = field(default_factory=list)
    files_with_context: int = 0
    wants_context: int = 0
    suppressed: int = 0


def measure(
    root: Path, files: Sequence[str], settings: CheckSettings, facts: ProjectFacts, roles: Roles
) -> Measured:
    """Check every file below `root` and count; suppressed findings do not count."""
    measured, use = Measured(), ContextUse(roles)
    for path in files:
        if not is_source(path):
            continue
        source = (root / path).read_bytes()
        report = check_source(path, source, settings, facts)
        if report.parse_error:
            error = report.parse_error
            measured.unparseable.append({"path": path, "line": error.line, "message": error.message})
        live = [finding for finding in report.findings if finding.suppressed is None]
        measured.suppressed += len(report.findings) - len(live)
        for finding in live:
            measured.findings[finding.rule] = measured.findings.get(finding.rule, 0) + 1
        if live:
            measured.concerned.append(path)
        if is_python(path) and not is_shared(path) and use.wanted(source):
            measured.wants_context += 1
            measured.files_with_context += use.present(source)
    return measured
