"""`cellwall init`: propose the project's roles with evidence, and write the entry points of plans."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cellwall.migrate.entry_points import Writing, plan_writings, write_entry_point
from cellwall.migrate.roles_text import append_roles, render_roles
from cellwall.project.config import ProjectConfig, load_project
from cellwall.project.proposal import ProposedRole
from cellwall.project.propose import propose_roles, without_defaults


@click.command("init")
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), help="The repository (default: here)."
)
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found and written as JSON.")
def command(repo: Path, dry_run: bool, as_json: bool) -> None:
    """Propose how this repository spells the roles, and write the entry points.

    Roles go to the end of pyproject.toml if it has no [tool.cellwall] table. Nothing is ever overwritten:
    where the name of an entry point is taken, the file is called cellwall_<name>.
    """
    project = load_project(repo)
    proposals = propose_roles(project.root)
    text = render_roles(without_defaults(proposals))
    config_note = _write_config(project, text, dry_run)
    writings = plan_writings(project.root)
    for writing in writings:
        if writing.path and not dry_run:
            write_entry_point(project.root, writing)
    if as_json:
        click.echo(json.dumps(_as_json(proposals, text, config_note, writings, dry_run), indent=2))
    else:
        _show(proposals, text, config_note, writings, dry_run)


def _write_config(project: ProjectConfig, text: str, dry_run: bool) -> str:
    if project.configured:
        return "pyproject.toml has a [tool.cellwall] table already; it is left alone"
    return "" if dry_run else append_roles(project.root, text)


def _show(
    proposals: list[ProposedRole], text: str, config_note: str, writings: list[Writing], dry_run: bool
) -> None:
    if not proposals:
        click.echo("No roles found in the code; the runtime's own names are used.\n")
    click.echo(text)
    for proposal in proposals:
        for other in proposal.others[:5]:
            click.echo(f"# also for {proposal.role.name}: {other.path}:{other.line}: {other.why}")
        if len(proposal.others) > 5:
            click.echo(f"# and {len(proposal.others) - 5} more for {proposal.role.name}; --json lists them")
    click.echo(
        config_note or f"The lines above {'would go' if dry_run else 'went'} to the end of pyproject.toml."
    )
    for writing in writings:
        if writing.note:
            click.echo(writing.note)
        if writing.path:
            click.echo(f"{writing.path}: {'would be ' if dry_run else ''}written")
    if not dry_run:
        click.echo("Look at what was written and commit it: `cellwall run` starts from a commit.")


def _as_json(
    proposals: list[ProposedRole], text: str, config_note: str, writings: list[Writing], dry_run: bool
) -> dict[str, Any]:
    return {
        "roles": [{**asdict(proposal), "role": proposal.role.to_record()} for proposal in proposals],
        "toml": text,
        "config": {"written": not config_note and not dry_run, "note": config_note},
        "entry_points": [
            {
                "name": each.name,
                "path": each.path or None,
                "written": bool(each.path) and not dry_run,
                "note": each.note,
            }
            for each in writings
        ],
    }
