"""The report as JSON values: what `--json` prints, and what the Markdown and HTML reports are made of."""

from dataclasses import asdict
from typing import Any

from cellwall.migrate import figures
from cellwall.migrate.criteria.exit_code import exit_code, user_tree_untouched
from cellwall.migrate.criteria.isolation_validation import isolation_validation
from cellwall.migrate.criteria.judge import Judged, judge_all
from cellwall.migrate.measured_tests import new_isolation_tests, report_tests
from cellwall.migrate.progress import agent_progress, dry_run, status, validation_queue
from cellwall.migrate.remaining import needs_human, open_tasks, refused, unparseable
from cellwall.migrate.state import State
from cellwall.migrate.task_rows import task_rows


def report_data(state: State) -> dict[str, Any]:
    """Give the report. Numbers that were not measured are None; nothing is taken from the plan's samples.

    `needs_human` is [{path, line, code, reason, detail, rule}]; `criteria` and `metrics` are [{name, met,
    evidence, line, by}] with met true, false or null; `tests` has counts by outcome before and after;
    `patterns_applied` counts the patterns that `patterns` names.
    """
    return {**_what_was_done(state), **_what_is_left(state), **_how_it_ran(state)}


def _what_was_done(state: State) -> dict[str, Any]:
    added = new_isolation_tests(state)
    return {
        "run_id": state.started.run_id if state.started else "",
        "branch": state.started.branch if state.started else "",
        "files_in_scope": figures.files_in_scope(state),
        "files_updated": figures.files_updated(state),
        "scripts_updated": figures.scripts_updated(state),
        "files_unchanged": figures.files_unchanged(state),
        "files_added": figures.files_added(state),
        "files_proposed": figures.files_proposed(state),
        "sites_proposed": figures.sites_proposed(state),
        "patterns_applied": len(figures.patterns(state)),
        "patterns": figures.patterns(state),
        "anti_patterns_removed": figures.anti_patterns_removed(state),
        "new_isolation_tests": None if added is None else len(added),
        "coverage": {when: _coverage(state, when) for when in ("before", "after")},
        "isolation_validation": {
            name: asdict(judgement) for name, judgement in isolation_validation(state).items()
        },
        "findings_before": figures.findings_before(state),
        "findings_after": figures.findings_after(state),
        "findings_by_rule": figures.findings_by_rule(state),
        "tests": report_tests(state),
        "criteria": [_judged(row) for row in judge_all(state, "criteria")],
        "metrics": [_judged(row) for row in judge_all(state, "metrics")],
        "tasks": [asdict(row) for row in task_rows(state)],
    }


def _coverage(state: State, when: str) -> float | None:
    measured = state.tests.get(when)
    return measured.coverage if measured else None


def _judged(row: Judged) -> dict[str, Any]:
    return {**asdict(row), "by": list(row.by)}


def _what_is_left(state: State) -> dict[str, Any]:
    surveyed = state.surveyed
    return {
        "needs_human": needs_human(state),
        "refused": [
            {"batch": b.id, "agent": b.agent, "paths": b.paths, "gate": b.refused_by, "evidence": b.evidence}
            for b in refused(state)
        ],
        "open_tasks": open_tasks(state),
        "unparseable": unparseable(state),
        "orphans": surveyed.orphans if surveyed else [],
        "overlaps": surveyed.overlaps if surveyed else [],
        "empty_globs": surveyed.empty_globs if surveyed else [],
    }


def _how_it_ran(state: State) -> dict[str, Any]:
    started = state.started
    return {
        "status": status(state),
        "stopped": state.stopped,
        "exit_code": exit_code(state),
        "wall_seconds": round(state.active_seconds, 3),
        "dry_run": dry_run(state),
        "plan": started.plan.get("path", started.plan_path) if started else "",
        "base": started.base if started else "",
        "version": started.version if started else "",
        "agents": [{**asdict(agent), "percent": agent.percent} for agent in agent_progress(state)],
        "validation_queue": validation_queue(state),
        "walls": started.walls if started else [],
        "conflicts": [asdict(conflict) for conflict in state.conflicts],
        "agent_failures": [asdict(failure) for failure in state.failures],
        "commands": [asdict(command) for command in state.commands],
        "warnings": state.warnings,
        "user_tree_untouched": user_tree_untouched(state),
    }
