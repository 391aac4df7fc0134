"""What is left for people after a run: sites, refused batches, tasks that nothing covers. No I/O."""

from typing import Any

from cellwall.migrate.state import BatchState, Stage, State
from cellwall.migrate.task_rows import task_rows
from cellwall.migrate.task_status import TaskStatus

UNPARSEABLE = "the file does not parse"


def needs_human(state: State) -> list[dict[str, Any]]:
    """Give {path, line, code, reason, detail, rule} of every site that was not repaired, sorted by place."""
    rows = {_key(site): _row(site) for batch in state.live_batches for site in batch.needs_human}
    known = {row["path"] for row in rows.values() if row["reason"] == UNPARSEABLE}
    for site in unparseable(state):
        if site["path"] not in known:
            row = {"path": site["path"], "line": site.get("line", 1), "reason": UNPARSEABLE}
            rows[_key(row)] = _row({**row, "detail": site.get("message", "")})
    return [rows[key] for key in sorted(rows)]


def unparseable(state: State) -> list[dict[str, Any]]:
    """Give {path, line, message} of the files that do not parse: at the end, else as surveyed."""
    if state.findings_after:
        return state.findings_after.unparseable
    return state.surveyed.unparseable if state.surveyed else []


def refused(state: State) -> list[BatchState]:
    """Give the batches that were given up, sorted by id."""
    return sorted((b for b in state.batches.values() if b.stage is Stage.REFUSED), key=lambda b: b.id)


def open_tasks(state: State) -> list[dict[str, Any]]:
    """Give {agent, text, line} of the plan's tasks that no capability covers.

    A task says so by an empty "capability" in RunStarted.plan; without that key nothing is claimed.
    """
    tasks = state.started.plan.get("tasks", []) if state.started else []
    return [task for task in tasks if "capability" in task and not task["capability"]]


def anything_left(state: State) -> bool:
    """Tell whether something of the run is left for people: a site, a file, a batch or a task."""
    undone = any(row.status in (TaskStatus.HUMAN, TaskStatus.PARTLY) for row in task_rows(state))
    return bool(needs_human(state) or refused(state) or open_tasks(state) or undone)


def _row(site: dict[str, Any]) -> dict[str, Any]:
    texts = {name: str(site.get(name, "")) for name in ("path", "code", "reason", "detail", "rule")}
    return {**texts, "line": int(site.get("line", 0))}


def _key(site: dict[str, Any]) -> tuple[str, int, str, str]:
    return (site["path"], int(site.get("line", 0)), str(site.get("code", "")), str(site.get("reason", "")))
