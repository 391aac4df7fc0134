"""The process that runs the target's tests in one workspace and answers with their outcomes."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cellwall.migrate.child import serve
from cellwall.project.config import load_project
from cellwall.project.local_environment import make_environment
from cellwall.testing.run_outcomes import measure_outcomes


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Measure the outcomes of the tests that the request names."""
    project = load_project(Path(request["root"]))
    outcomes = measure_outcomes(
        make_environment(project),
        Path(request["workspace"]),
        request["paths"],
        settings=project.tests,
        coverage_of=request["coverage_of"],
    )
    yield asdict(outcomes)


if __name__ == "__main__":
    serve(handle)
