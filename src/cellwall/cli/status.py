"""`cellwall status`: where a run stands, from its journal, while it runs or afterwards."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from cellwall.cli.recorded_state import recorded_state
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.progress import remaining_seconds, status
from cellwall.migrate.run_directory import lock_path
from cellwall.migrate.run_lock import live_holder
from cellwall.migrate.state import State
from cellwall.migrate.views.report_data import report_data
from cellwall.migrate.views.run_lines import run_lines
from cellwall.migrate.views.status_block import render_status_block

KEYS = (
    "run_id", "branch", "files_in_scope", "files_updated", "agents", "validation_queue", "findings_before",
    "findings_after", "wall_seconds", "stopped",
)  # fmt: skip


@click.command("status")
@click.argument("run_id", required=False)
@click.option(
    "--repo", type=click.Path(path_type=Path), default=Path(), help="The repository (default: here)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
def command(run_id: str | None, repo: Path, as_json: bool) -> None:
    """Say where RUN_ID, or the latest run, stands: running, stopped, finished, or killed (resume it)."""
    repository = Repository.discover(repo)
    state = recorded_state(repository, run_id)
    now, how = time.time(), _how(state, repository)
    at = now if how == "running" else state.last_at
    if as_json:
        click.echo(json.dumps(_data(state, at, how), indent=2))
        return
    text = f"{how}: {render_status_block(state, at)}"
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding), nl=False)


def _how(state: State, repo: Repository) -> str:
    """Tell a run that goes on from one that was killed: the first holds the repository's lock."""
    if status(state) != "unfinished":
        return status(state)
    holder = live_holder(lock_path(repo))
    return "running" if holder and state.started and holder.run_id == state.started.run_id else "killed"


def _data(state: State, now: float, how: str) -> dict[str, Any]:
    report = report_data(state)
    left = remaining_seconds(state, now) if how == "running" else None
    return {
        **{key: report[key] for key in KEYS},
        "status": how,
        "lines": run_lines(state, now),
        "estimated_seconds": None if left is None else round(left, 1),
    }
