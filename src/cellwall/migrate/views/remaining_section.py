"""What remains for people, as a part of the report: every site with its reason, refused batches, tasks."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from cellwall.migrate.views.document import Block, Evidence, Heading, Note, Table
from cellwall.project.number_of import number_of

SITE_COLUMNS: Final = ("where", "rule", "detail")


def remaining_blocks(data: dict[str, Any]) -> list[Block]:
    """Give what remains, or the sentence that nothing does."""
    blocks = [*_unfinished(data), *_measured(data), *_sites(data), *_refused(data), *_tasks(data)]
    return blocks or [Note("Nothing remains.")]


def _unfinished(data: dict[str, Any]) -> Iterable[Block]:
    if data["status"] == "stopped":
        yield Note(f"The run was stopped ({data['stopped']}); cellwall resume {data['run_id']} goes on.")
    elif data["status"] == "unfinished":
        yield Note(f"The run has not ended. If it is not running, cellwall resume {data['run_id']} goes on.")


def _measured(data: dict[str, Any]) -> Iterable[Block]:
    if data["findings_after"]:
        yield Note(
            f"The checker still finds {number_of(data['findings_after'], 'defect')} in the plan's scopes."
        )
    for key, what in (("regressions", "passed before and fail now"), ("lost", "are gone")):
        if tests := data["tests"][key]:
            yield Note(f"Tests that {what}: {len(tests):,}; they are named below.")


def _sites(data: dict[str, Any]) -> Iterable[Block]:
    by_reason = sorted(data["needs_human"], key=lambda row: str(row["reason"]))
    groups = [(reason, list(rows)) for reason, rows in groupby(by_reason, key=lambda row: str(row["reason"]))]
    for reason, rows in sorted(groups, key=lambda group: (-len(group[1]), group[0])):
        yield Heading(3, f"{reason or 'no reason given'}: {number_of(len(rows), 'place')}")
        cells = tuple(
            (f"{r['path']}:{r['line']}", f"{r['code']} {r['rule']}".strip(), r["detail"]) for r in rows
        )
        yield Table(SITE_COLUMNS, cells, frozenset({0}))


def _refused(data: dict[str, Any]) -> Iterable[Block]:
    if data["refused"]:
        yield Heading(3, f"Refused: {number_of(len(data['refused']), 'batch', 'batches')}")
    for batch in data["refused"]:
        yield Note(
            f"Batch {batch['batch']}, refused by the gate {batch['gate']}: {', '.join(batch['paths'])}"
        )
        yield Evidence(batch["evidence"] or "no evidence was recorded")


def _tasks(data: dict[str, Any]) -> Iterable[Block]:
    if not data["open_tasks"]:
        return
    yield Heading(3, f"No capability covers: {number_of(len(data['open_tasks']), 'task')} of the plan")
    rows = tuple(
        (f"{data['plan']}:{t['line']}", f"Agent {t['agent']}", t["text"]) for t in data["open_tasks"]
    )
    yield Table(("where", "agent", "task"), rows, frozenset({0}))
