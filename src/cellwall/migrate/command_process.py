"""The process that runs one validation command of the plan, inside the target environment's walls."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from cellwall.migrate.audit_answer import REPORTED, audit_answer
from cellwall.migrate.child import serve
from cellwall.project.config_record import config_from_record
from cellwall.project.environment import asked_again_if_killed
from cellwall.project.local_environment import make_environment

MODULE: Final = "cellwall.migrate.command_process"


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Run the command that the request spells, never through a shell."""
    project = config_from_record(request["project"])
    run = partial(make_environment(project).run, request["argv"], cwd=Path(request["workspace"]))
    completed = asked_again_if_killed(run)
    if request.get("audit") and completed.returncode in REPORTED:
        yield {"exit_code": completed.returncode, **audit_answer(completed.stdout)}
        return
    lines = (completed.stdout.strip() or completed.stderr.strip()).splitlines()
    yield {
        "exit_code": completed.returncode,
        "note": "timed out" if completed.timed_out else (" ".join(lines[-1].split())[:200] if lines else ""),
    }


if __name__ == "__main__":
    serve(handle)
