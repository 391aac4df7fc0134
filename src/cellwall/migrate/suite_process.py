"""The process that runs the target's tests in one workspace and answers with their outcomes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cellwall.migrate.child import serve
from cellwall.project.config_record import config_from_record
from cellwall.project.local_environment import make_environment
from cellwall.testing.tests_of_languages import measure_tests


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Measure the tests that the request names; a file that cannot be collected counts as one error."""
    project = config_from_record(request["project"])
    outcomes = measure_tests(
        make_environment(project),
        Path(request["workspace"]),
        request["paths"],
        project=project,
        coverage_of=request["coverage_of"],
    )
    by_id = {node_id: outcome.outcome for node_id, outcome in outcomes.by_id.items()}
    yield {
        "outcomes": {**dict.fromkeys(outcomes.collection_errors, "error"), **by_id},
        "overridden": list(outcomes.overridden),
        "coverage": outcomes.coverage,
        "note": outcomes.note,
        "seconds": outcomes.seconds,
    }


if __name__ == "__main__":
    serve(handle)
