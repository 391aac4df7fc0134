"""The process that runs one validation command of the plan, inside the target environment's walls."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cellwall.migrate.audit_answer import REPORTED, audit_answer
from cellwall.migrate.child import serve
from cellwall.migrate.spelled_command import run_spelled

MODULE: Final = "cellwall.migrate.command_process"


def handle(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Run the command that the request spells, never through a shell."""
    completed = run_spelled(request)
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
