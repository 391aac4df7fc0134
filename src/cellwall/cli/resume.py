"""`cellwall resume`: go on with a run that was stopped or killed."""

from pathlib import Path

import click

from cellwall.cli.execution import execute
from cellwall.migrate.start import resumed_run


@click.command("resume")
@click.argument("run_id", required=False)
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), help="The repository (default: here)."
)
@click.option("--report-interval", type=click.FloatRange(min=0.1), default=60.0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(run_id: str | None, repo: Path, report_interval: float, as_json: bool) -> None:
    """Go on with RUN_ID, or with the latest run; exit codes as for `cellwall run`."""
    execute(
        lambda around: resumed_run(repo, run_id, around), report_interval=report_interval, as_json=as_json
    )
