"""`cellwall plan show` and `cellwall plan lint`: look at a written plan without executing it."""

import json
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click

from cellwall.migrate.plan.parse import read_plan
from cellwall.migrate.plan.remark import Kind, Remark
from cellwall.project.number_of import number_of

SHOWN = 3  # remarks of one kind, where --verbose is not given


@click.group("plan")
def command() -> None:
    """Show a plan as data, or find what would stop it."""


@command.command("show")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON values, each part with its line.")
def show(plan: Path, as_json: bool) -> None:
    """Show what PLAN says, part by part; exit code 2 when it cannot be executed."""
    from rich.console import Console

    from cellwall.migrate.plan.show import plan_json, plan_text

    parsed = read_plan(plan)
    if as_json:
        click.echo(json.dumps(plan_json(parsed), indent=2))
    else:
        Console().print(plan_text(parsed))


@command.command("lint")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--repo", type=click.Path(path_type=Path), help="The repository (default: the one around here)."
)
@click.option("--json", "as_json", is_flag=True, help="Print every remark as JSON.")
@click.option("--verbose", is_flag=True, help=f"Print every remark, not the first {SHOWN} of each kind.")
def lint(plan: Path, repo: Path | None, as_json: bool, verbose: bool) -> None:
    """Compare PLAN with a repository; exit code 0: clean, 1: warnings, 2: it cannot be executed."""
    remarks = _remarks(plan, repo)
    if as_json:
        click.echo(json.dumps(_as_json(remarks), indent=2))
    else:
        _print(remarks, verbose)
    sys.exit(_exit_code(remarks))


def _remarks(path: Path, repo: Path | None) -> list[Remark]:
    from cellwall.check.settings import CheckSettings
    from cellwall.check.source_tree import DirectorySourceTree
    from cellwall.migrate.plan.lint import lint_plan, lint_repository
    from cellwall.migrate.plan.lint_tasks import lint_tasks
    from cellwall.migrate.project_survey import surveyed_paths
    from cellwall.migrate.repository_files import repository_files
    from cellwall.migrate.scope_links import refuse_outside_links
    from cellwall.project.config import load_project

    plan = read_plan(path)
    remarks = lint_plan(plan)
    files = repository_files(repo or Path())
    if not files.tracked and repo is None:
        click.echo("note: no git repository here; give --repo to compare the plan with its files", err=True)
    else:
        refuse_outside_links(plan, files.root)
        project = load_project(files.root)
        paths, tree = surveyed_paths(project, files.paths), DirectorySourceTree(files.root)
        is_test = CheckSettings.from_project(project).is_test_file
        remarks += lint_repository(plan, paths, tree, is_test=is_test)
        remarks += lint_tasks(plan, project, files.paths)
    order = list(Kind)
    return sorted(remarks, key=lambda remark: (order.index(remark.kind), remark.path, remark.line))


def _exit_code(remarks: Sequence[Remark]) -> int:
    if any(remark.kind is Kind.CANNOT_RUN for remark in remarks):
        return 2
    return 1 if remarks else 0


def _as_json(remarks: Sequence[Remark]) -> dict[str, object]:
    return {
        "executable": _exit_code(remarks) < 2,
        "remarks": [
            {"kind": remark.kind.value, "path": remark.path, "line": remark.line, "message": remark.message}
            for remark in remarks
        ],
    }


def _print(remarks: Sequence[Remark], verbose: bool) -> None:
    for kind, group in groupby(remarks, key=lambda remark: remark.kind):
        found = list(group)
        click.echo(f"{kind.value}: {len(found)}")
        shown = found if verbose else found[:SHOWN]
        for remark in shown:
            click.echo(f"  {remark}")
        if len(found) > len(shown):
            click.echo(f"  ... and {len(found) - len(shown)} more (--verbose shows all)")
    click.echo(number_of(len(remarks), "remark") if remarks else "The plan is clean.")
