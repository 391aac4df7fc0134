"""One agent's process: reads a request, writes the patch to the file it names, answers with its digest."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cellwall.check.project_facts import ProjectFacts
from cellwall.migrate.agents.agent import Agent, Request
from cellwall.migrate.agents.built_in import BuiltInAgent
from cellwall.migrate.batch import Batch
from cellwall.migrate.child import serve
from cellwall.migrate.patch_file import write_patch
from cellwall.migrate.pattern_sets import check_settings
from cellwall.project.config_record import config_from_record


def handle(request: Mapping[str, Any], agent: Agent | None = None) -> Iterator[Mapping[str, Any]]:
    """Propose the patch that the request asks for."""
    project = config_from_record(request["project"])
    patch = (agent or BuiltInAgent()).propose(
        Request(
            batch=Batch(
                request["batch"],
                request["agent"],
                tuple(request["paths"]),
                tuple(sorted(request.get("writes", {}).items())),
            ),
            base=request["base"],
            workspace=Path(request["workspace"]),
            settings=check_settings(project, request["pattern"]),
            project=project,
            facts=ProjectFacts.from_json(json.loads(Path(request["facts"]).read_bytes())),
        )
    )
    yield {"digest": write_patch(Path(request["output"]), patch)}


if __name__ == "__main__":
    serve(handle)
