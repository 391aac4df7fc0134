"""`cellwall undo`: remove what a run made, and nothing else."""

import json
import os
import socket
import time
from pathlib import Path

import click

from cellwall.migrate.git.repository import Repository
from cellwall.migrate.run_directory import latest_run
from cellwall.migrate.undo import undo


@click.command("undo")
@click.argument("run_id", required=False)
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), help="The repository (default: here)."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
def command(run_id: str | None, repo: Path, as_json: bool) -> None:
    """Remove RUN_ID, or the latest run: workspaces, branch, run directory and lock file.

    Refused while the run is alive, and when its branch has commits that it did not make.
    """
    repository = Repository.discover(repo)
    chosen = run_id or latest_run(repository)
    removed: tuple[str, ...] = ()
    if chosen:
        removed = undo(repository, chosen, pid=os.getpid(), host=socket.gethostname(), at=time.time())
    if as_json:
        click.echo(json.dumps({"run_id": chosen, "removed": list(removed)}, indent=2))
        return
    for line in removed:
        click.echo(f"removed {line}")
    if not removed:
        click.echo(f"nothing of run {chosen} is left" if chosen else "there is no run to undo")
