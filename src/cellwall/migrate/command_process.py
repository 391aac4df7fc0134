"""The process that runs one validation command of the plan, inside the target environment's walls."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from cellwall.migrate.audit_answer import REPORTED, audit_answer
from cellwall.migrate.child import serve
from cellwall.migrate.servers_outside import SERVER_LINE, servers_outside
from cellwall.migrate.spelled_command import run_spelled
from cellwall.project.environment import Completed

MODULE: Final = "cellwall.migrate.command_process"


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Run the command that the request spells, never through a shell."""
    with ExitStack() as stack:
        wanted = request.get("services")
        given = stack.enter_context(servers_outside(Path(request["workspace"]))) if wanted else {}
        completed = run_spelled(request, given)
    if request.get("audit") and completed.returncode in REPORTED:
        yield {"exit_code": completed.returncode, **audit_answer(completed.stdout)}
        return
    yield {"exit_code": completed.returncode, "note": _note(completed)}


def _note(completed: Completed) -> str:
    """Give the last line of what it printed, and which servers it used."""
    if completed.timed_out:
        return "timed out"
    lines = (completed.stdout.strip() or completed.stderr.strip()).splitlines()
    last = " ".join(lines[-1].split())[:200].strip("= ") if lines else ""
    servers = SERVER_LINE.findall(completed.stderr)
    return "; ".join([last, *servers])


if __name__ == "__main__":
    serve(handle)
