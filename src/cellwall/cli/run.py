"""`cellwall run PLAN`: execute a written plan over a repository."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cellwall.cli.execution import execute
from cellwall.migrate.launch_defaults import LaunchDefaults, launch_defaults
from cellwall.migrate.options import RunOptions
from cellwall.migrate.plan.parse import read_plan
from cellwall.migrate.start import fresh_run

FLAGS = (
    "agents",
    "pattern",
    "timeout",
    "validate_continuously",
    "validate_after_update",
    "fail_fast",
)


@click.command("run")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), help="The repository (default: here)."
)
@click.option("--agents", type=click.IntRange(1, 64), help="At most this many agents at once.")
@click.option("--pattern", help="A named set of rules and capabilities.")
@click.option("--timeout", type=click.FloatRange(min=1), help="Seconds until an orderly stop, resumable.")
@click.option(
    "--validate-continuously/--no-validate-continuously", default=None, help="Run the tests of every batch."
)
@click.option(
    "--validate-after-update/--no-validate-after-update",
    default=None,
    help="Run the whole suite before and after, and the plan's validation commands.",
)
@click.option("--parallel/--sequential", default=None, help="Sequential is one agent at a time.")
@click.option("--report-interval", type=click.FloatRange(min=0.1), help="Seconds between status blocks.")
@click.option("--fail-fast", type=click.BOOL, help="Stop at the first refused batch (true or false).")
@click.option("--include-app", is_flag=True, help="Also edit application files that the scopes reach.")
@click.option("--allow-dirty", is_flag=True, help="Start from the last commit though the tree has changes.")
@click.option(
    "--allow-command", multiple=True, help="A validation command of the plan that may run; repeatable."
)
@click.option("--dry-run", is_flag=True, help="Propose everything, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(plan: Path, repo: Path, **given: Any) -> None:
    """Execute the written PLAN; the result is a branch, and merging it is up to you.

    Options that are not given come from the plan's own launch commands. Exit code 0: every criterion met
    and no metric missed; 1: finished with something remaining; 2: cannot start; 3: stopped, resumable.
    """
    defaults = launch_defaults(read_plan(plan))
    options = _options(given, defaults)
    interval = given["report_interval"] or defaults.report_interval or 60.0
    for note in defaults.notes:
        click.echo(f"note: {note}", err=True)
    execute(
        lambda around: fresh_run(plan, repo, options, around),
        report_interval=interval,
        as_json=given["as_json"],
    )


def _options(given: dict[str, Any], defaults: LaunchDefaults) -> RunOptions:
    """Merge what was given over what the plan says over the built-in defaults."""
    options = RunOptions(
        include_app=given["include_app"],
        allow_dirty=given["allow_dirty"],
        allow_commands=given["allow_command"],
        dry_run=given["dry_run"],
    )
    for flag in FLAGS:
        value = given[flag] if given[flag] is not None else getattr(defaults, flag)
        if value is not None:
            options = replace(options, **{flag: value})
    parallel = given["parallel"] if given["parallel"] is not None else defaults.parallel
    if parallel is False:
        options = replace(options, agents=1)
    return options
