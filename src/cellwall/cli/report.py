"""`cellwall report`: the report of a run as Markdown, HTML or JSON, from its journal."""

from pathlib import Path
from typing import Final

import click

from cellwall.cli.recorded_state import recorded_state
from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.state import State
from cellwall.migrate.views.report_html import render_html
from cellwall.migrate.views.report_json import render_json
from cellwall.migrate.views.report_markdown import render_markdown

FORMATS: Final = ("md", "html", "json")


@click.command("report")
@click.argument("run_id", required=False)
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), help="The repository (default: here)."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="md", show_default=True)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, whole or not at all."
)
def command(run_id: str | None, repo: Path, form: str, output: Path | None) -> None:
    """Print the report of RUN_ID, or of the latest run, in whatever state it is."""
    data = _render(recorded_state(Repository.discover(repo), run_id), form).encode()
    if output is None:
        click.echo(data, nl=False)  # bytes: the same ones whatever the terminal's encoding
        return
    write_atomically(output, data)
    click.echo(f"wrote {output}", err=True)


def _render(state: State, form: str) -> str:
    if form == "html":
        return render_html(state)
    return render_json(state) if form == "json" else render_markdown(state)
