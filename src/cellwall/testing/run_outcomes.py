"""Measures the outcomes of target tests: one pytest process for each pytest configuration among the paths.

The paths are grouped by the configuration file that pytest would take for each of them alone, so that a
test's outcome does not depend on which other files are measured with it; node ids are relative to the
workspace whatever the configuration (`--rootdir`). The cache folder is moved out of the workspace instead of
switching the cache plugin off, because tests and plugins may use `config.cache`.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from cellwall.project.config import TestSettings
from cellwall.project.environment import TargetEnvironment
from cellwall.project.own_folder import own_folder
from cellwall.project.pytest_config import PytestConfig, config_for
from cellwall.testing.coverage_run import CoverageRun
from cellwall.testing.measured import Outcomes
from cellwall.testing.pytest_process import PytestProcess
from cellwall.testing.recovery import Group, measure_group


def measure_outcomes(
    environment: TargetEnvironment,
    workspace: Path,
    paths: Sequence[str],
    *,
    settings: TestSettings,
    coverage_of: Sequence[str] = (),
) -> Outcomes:
    """Run the tests of these paths (test modules or folders of the workspace) and tell how they ended.

    Paths that are not there have no tests and are passed over. `coverage_of` are application modules as
    paths; their coverage is measured where the target's interpreter has the library `coverage`.

    Raises:
        EnvironmentUnusable: no process can be started at all.
    """
    start = time.monotonic()
    workspace = workspace.resolve()
    with own_folder("tests") as scratch:
        coverage = CoverageRun(environment, workspace, scratch, coverage_of)
        process = PytestProcess(environment, workspace, scratch, settings, coverage.prefix)
        groups = [measure_group(process, config, names) for config, names in by_config(workspace, paths)]
        return _merge(groups, coverage, time.monotonic() - start)


def by_config(workspace: Path, paths: Sequence[str]) -> list[tuple[PytestConfig, list[str]]]:
    """Group the paths that are there by the pytest configuration that governs them."""
    groups: dict[Path | None, tuple[PytestConfig, list[str]]] = {}
    for path in sorted(set(paths)):
        if (workspace / path).exists():
            config = config_for(workspace, path)
            groups.setdefault(config.path, (config, []))[1].append(path)
    return list(groups.values())


def _merge(groups: Sequence[Group], coverage: CoverageRun, seconds: float) -> Outcomes:
    percent, coverage_note = coverage.result() if groups else (None, "")
    notes = [note for group in groups for note in group.notes] + [coverage_note]
    return Outcomes(
        MappingProxyType({key: value for group in groups for key, value in group.by_id.items()}),
        MappingProxyType({key: value for group in groups for key, value in group.collection_errors.items()}),
        tuple(sorted({option for group in groups for option in group.overridden})),
        percent,
        "; ".join(dict.fromkeys(note for note in notes if note)),
        seconds,
        all(group.complete for group in groups),
    )
