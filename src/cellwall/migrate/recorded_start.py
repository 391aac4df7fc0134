"""What a recorded run began with, for going on with it: its first event, its plan, its configuration."""

from contextlib import closing
from pathlib import Path

from cellwall.migrate import events as e
from cellwall.migrate.errors import PlanError, RunUsageError
from cellwall.migrate.journal import Journal
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import read_plan
from cellwall.migrate.run_directory import RunDirectory
from cellwall.project.config import ProjectConfig, load_project
from cellwall.project.config_record import config_from_record


def recorded_start(directory: RunDirectory) -> e.RunStarted:
    """Give the event that the run began with.

    Raises:
        RunUsageError: the run cannot go on: it never began, it is finished, or it was a dry run.
    """
    run_id, events = directory.run_id, _events_of(directory)
    if not (events and isinstance(first := events[0], e.RunStarted)):
        raise RunUsageError(f"run {run_id} ended before it began; remove it with `cellwall undo {run_id}`")
    if any(isinstance(event, e.RunFinished) for event in events):
        raise RunUsageError(f"run {run_id} is finished; look at it with `cellwall report {run_id}`")
    if first.options.get("dry_run"):
        raise RunUsageError(f"run {run_id} was a dry run; remove it with `cellwall undo {run_id}`")
    return first


def same_plan(started: e.RunStarted) -> Plan:
    """Read the run's plan again; raises PlanError when it is not what the run began with."""
    plan = read_plan(Path(started.plan_path))
    if plan.digest != started.plan_digest:
        raise PlanError(
            f"{started.plan_path} was changed since the run began; restore it, or start a new run"
        )
    return plan


def same_project(started: e.RunStarted, root: Path) -> ProjectConfig:
    """Give the configuration that the run began with, whatever the user's tree says now."""
    return config_from_record(started.project) if started.project else load_project(root)


def _events_of(directory: RunDirectory) -> list[e.Event]:
    if not directory.journal.exists():
        return []
    with closing(Journal.open(directory.journal)) as journal:
        return [event for _, _, event in journal.records()]
