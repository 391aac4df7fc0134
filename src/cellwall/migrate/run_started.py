"""The first event of a run: everything that a resumed run and the report need to know of its start."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from cellwall import __version__
from cellwall.migrate import events as e
from cellwall.migrate.capabilities.registry import match_task
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.plan.model import Plan
from cellwall.migrate.run import Run
from cellwall.project.config_record import config_to_record
from cellwall.project.local_environment import make_environment


def run_started(run: Run) -> e.RunStarted:
    """Give the event that opens the journal of `run`."""
    plan = run.plan
    return e.RunStarted(
        run_id=run.id,
        plan_path=str(Path(plan.path).resolve()),
        plan_digest=plan.digest,
        base=run.base,
        branch=run.directory.branch,
        options=run.options.body(),
        version=__version__,
        agents=[
            {"number": agent.number, "name": agent.name, "files": len(run.scope.owned.get(agent.number, ()))}
            for agent in plan.agents
        ],
        plan=_for_report(plan, run.repository.root),
        walls=list(make_environment(run.project).walls),
        user_tree=fingerprint(run.repository),
        project=config_to_record(run.project),
    )


def _for_report(plan: Plan, root: Path) -> dict[str, Any]:
    """Give what criteria and report need of the plan, with its path as typed in the repository."""
    path = Path(plan.path).resolve()
    tasks = [
        {"agent": agent.number, "text": task.text, "line": task.line, **_capability(task.text)}
        for agent in plan.agents
        for task in agent.tasks
    ]
    return {
        "path": str(path.relative_to(root) if path.is_relative_to(root) else path),
        "title": plan.title,
        "criteria": [asdict(item) for item in plan.success_criteria],
        "metrics": [asdict(item) for item in plan.success_metrics],
        "report_structure": [asdict(item) for item in plan.report_structure],
        "dashboard": [asdict(item) for item in plan.dashboard],
        "tasks": tasks,
    }


def _capability(task: str) -> dict[str, Any]:
    """Give what covers a task: the capability ("" for none), its rules, and whether it writes tests."""
    found = match_task(task)
    if found is None:
        return {"capability": "", "rules": [], "writes": False}
    capability = found.capability
    writes = capability.new_tests is not None
    return {"capability": capability.name, "rules": list(capability.rules), "writes": writes}
