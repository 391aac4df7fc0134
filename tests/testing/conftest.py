"""A small target repository, and the interpreter that runs its tests."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.project.config import TestSettings
from cellwall.project.local_environment import LocalEnvironment
from cellwall.testing.measured import Outcomes
from cellwall.testing.run_outcomes import measure_outcomes

Measure = Callable[..., Outcomes]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Give an empty repository."""
    root = tmp_path / "target"
    root.mkdir()
    return root


@pytest.fixture
def measure(target: Path) -> Measure:
    """Measure paths of the target, with the interpreter that runs this test."""

    def run(*paths: str, coverage_of: tuple[str, ...] = (), **settings: object) -> Outcomes:
        environment = LocalEnvironment(Path(sys.executable))
        return measure_outcomes(
            environment,
            target,
            paths,
            settings=TestSettings(**settings),  # type: ignore[arg-type]
            coverage_of=coverage_of,
        )

    return run
