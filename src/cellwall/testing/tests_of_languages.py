"""Measures tests whatever language they are in: Python's by pytest, scripts' by their own runners."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from cellwall.check.javascript.languages import language_of
from cellwall.project.config import ProjectConfig
from cellwall.project.environment import TargetEnvironment
from cellwall.testing.measured import Outcomes
from cellwall.testing.run_outcomes import measure_outcomes
from cellwall.testing.script_runners.run_scripts import measure_scripts


def measure_tests(
    environment: TargetEnvironment,
    workspace: Path,
    paths: Sequence[str],
    *,
    project: ProjectConfig,
    coverage_of: Sequence[str] = (),
) -> Outcomes:
    """Run the tests of these paths and tell how they ended.

    Raises:
        EnvironmentUnusable: no process can be started at all.
    """
    scripts = [path for path in paths if language_of(path) is not None]
    others = [path for path in paths if language_of(path) is None]
    if not scripts:
        return measure_outcomes(
            environment, workspace, others, settings=project.tests, coverage_of=coverage_of
        )
    found = measure_scripts(
        environment,
        workspace,
        scripts,
        config=project.scripts,
        seconds=project.tests.timeout,
        installed=project.root,
    )
    if not others:
        return found
    first = measure_outcomes(environment, workspace, others, settings=project.tests, coverage_of=coverage_of)
    return Outcomes(
        MappingProxyType({**first.by_id, **found.by_id}),
        MappingProxyType({**first.collection_errors, **found.collection_errors}),
        first.overridden,
        first.coverage,
        "; ".join(note for note in (first.note, found.note) if note),
        first.seconds + found.seconds,
        first.complete and found.complete,
    )
