"""The command `cellwall`: finds the subcommand and loads its file only then, so that it starts fast."""

from importlib import import_module
from typing import Any, Final

import click

from cellwall import __version__

COMMANDS: Final = {
    "audit": "Ask an application, as two users, for what is not theirs.",
    "check": "Find isolation defects, and repair what is safe to repair.",
    "db": "Print or apply row-level security for owned tables.",
    "init": "Propose the project's roles and write the entry points that plans name.",
    "plan": "Show a plan as data, or find what would stop it.",
    "report": "The report of a run as Markdown, HTML or JSON.",
    "resume": "Go on with a run that was stopped or killed.",
    "rule": "Explain a rule: what it finds, why it leaks, what to write instead.",
    "run": "Execute a written plan over a repository.",
    "status": "Where a run stands.",
    "test": "Run the tests, those for one user as many.",
    "undo": "Remove what a run made, and nothing else.",
}


class Refused(click.ClickException):
    """What was asked cannot start: the plan, the repository, the configuration or an option does not fit."""

    exit_code = 2


class Interrupted(click.ClickException):
    """Git or the disk failed on the way; what was done is kept, and the run can be resumed."""

    exit_code = 3


class LazyGroup(click.Group):
    """A group whose commands live in files of the same name, each with an object `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names without importing anything."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file."""
        if cmd_name not in COMMANDS:
            return None
        from cellwall.check.garbage import collection_paused

        with collection_paused():
            command = import_module(f"cellwall.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and say which one may be meant where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(sorted(COMMANDS))}."
            ctx.fail(f"No such command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that `--help` imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; this is the edge where an expected error becomes one line and an exit code."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            raise _expected(error) or error from error


def _expected(error: Exception) -> click.ClickException | None:
    """Turn an error that users can do something about into a message; None for a defect of Cellwall."""
    from cellwall.migrate.errors import GitError, MigrateError, StorageError
    from cellwall.project.errors import ProjectError

    if not isinstance(error, (MigrateError, ProjectError)):
        return None
    return Interrupted(str(error)) if isinstance(error, (GitError, StorageError)) else Refused(str(error))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cellwall")
def main() -> None:
    """Keep one user's data out of another user's request, and prove that the wall holds."""
