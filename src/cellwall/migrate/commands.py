"""The plan's validation commands: Cellwall's own entry points run, others only when the user allows them."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path, PurePosixPath

from cellwall.migrate import events as e
from cellwall.migrate.command_process import MODULE
from cellwall.migrate.plan_commands import COMMAND_OF
from cellwall.migrate.processes import ChildError
from cellwall.migrate.run import Run
from cellwall.project.config_record import config_to_record


async def handle_commands(run: Run) -> None:
    """Run or show each validation command once."""
    for command in run.plan.validation_commands[len(run.record.state.commands) :]:
        run.record.add(await _handle(run, command.argv))


async def _handle(run: Run, argv: tuple[str, ...]) -> e.CommandHandled:
    text = shlex.join(argv)
    own = own_command(argv)
    if own is None and text not in run.options.allow_commands:
        note = f"not Cellwall's own; to run it add --allow-command {shlex.quote(text)}"
        return e.CommandHandled(text, False, None, note)
    workspace = await asyncio.to_thread(run.workspace, "commands", run.tip)
    return await _run(run, text, _spelled(run, argv, own), workspace)


def own_command(argv: Sequence[str]) -> list[str] | None:
    """Give the `cellwall` arguments of one of the entry points that plans name; None for other commands."""
    if len(argv) < 2 or PurePosixPath(argv[0]).name not in ("python", "python3"):
        return None
    command = COMMAND_OF.get(argv[1])
    return None if command is None else [*command, *argv[2:]]


def _spelled(run: Run, argv: Sequence[str], own: list[str] | None) -> list[str]:
    if own is not None:
        return [sys.executable, "-P", "-m", "cellwall", *own, *_added(run, own)]
    python = PurePosixPath(argv[0]).name in ("python", "python3")
    return [str(run.project.python) if python else argv[0], *argv[1:]]


def _added(run: Run, own: list[str]) -> list[str]:
    """Give the options whose defaults a worktree would answer otherwise than the repository."""
    if own[0] == "audit" and "--format" not in own:
        return ["--format", "json"]
    return ["--python", str(run.project.python)] if own[0] == "test" and "--python" not in own else []


async def _run(run: Run, text: str, argv: list[str], workspace: Path) -> e.CommandHandled:
    request = {
        "project": config_to_record(run.project),
        "workspace": str(workspace),
        "argv": argv,
        "audit": argv[-2:] == ["--format", "json"] and "audit" in argv,
        "services": argv[3:5] == ["cellwall", "test"] and "--real-services" in argv,
    }
    try:
        async with aclosing(run.children.answers_of(MODULE, request)) as answers:
            async for answer in answers:
                findings = answer.get("findings", [])
                return e.CommandHandled(text, True, answer["exit_code"], answer["note"], findings)
    except ChildError as error:
        return e.CommandHandled(text, True, None, str(error))
    return e.CommandHandled(text, True, None, "no answer")
