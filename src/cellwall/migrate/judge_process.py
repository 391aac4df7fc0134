"""The judge's process: runs the gates over one patch in order and answers with each verdict as it comes.

It is a process of its own, so that no agent shares memory with who judges its work.
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cellwall.check.project_facts import ProjectFacts
from cellwall.migrate.child import serve
from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.registry import all_gates
from cellwall.migrate.patch_file import read_patch
from cellwall.project.config_record import config_from_record
from cellwall.project.local_environment import make_environment


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Judge the patch that the request names; stop at the first refusal; `done` gates are not asked again."""
    project = config_from_record(request["project"])
    patch = read_patch(Path(request["patch"]), digest=request["digest"])
    subject = Subject(
        patch=patch,
        base_dir=Path(request["base_dir"]),
        patched_dir=Path(request["patched_dir"]),
        allowed=frozenset(request["allowed"]),
        project=project,
        environment=make_environment(project),
        run_tests=request["run_tests"],
        facts=ProjectFacts.from_json(json.loads(Path(request["facts"]).read_bytes())),
    )
    for gate in all_gates():
        if gate.name in request["done"]:
            continue
        began = time.monotonic()
        verdict = gate.judge(subject)
        yield {
            "gate": verdict.gate,
            "passed": verdict.passed,
            "evidence": verdict.evidence,
            "figures": dict(verdict.figures),
            "seconds": round(time.monotonic() - began, 3),
        }
        if not verdict.passed:
            return


if __name__ == "__main__":
    serve(handle)
