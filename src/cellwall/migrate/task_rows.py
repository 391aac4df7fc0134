"""What became of each task of the plan: one row a task, told from the journal alone. No clock, no I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cellwall.migrate.state import Stage, State
from cellwall.migrate.task_status import TaskPart, TaskStatus, together
from cellwall.migrate.task_tests import new_tests, tests_part
from cellwall.project.number_of import number_of


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of the plan with what was found, changed and added for it."""

    agent: int
    sentence: str
    line: int
    capability: str
    sites: int
    edits: int
    tests_added: int
    status: TaskStatus
    evidence: str


def task_rows(state: State) -> list[TaskRow]:
    """Give a row for each task, in the plan's order; [] for a journal that does not tell the tasks."""
    tasks = state.started.plan.get("tasks", []) if state.started else []
    return [_row(state, task) for task in tasks if "rules" in task]


def _row(state: State, task: dict[str, Any]) -> TaskRow:
    agent, name, rules = task["agent"], task["capability"], set(task.get("rules", ()))
    found = [site for site in _sites(state, agent) if site[0].get("rule") in rules]
    edits = sum(repaired for _, repaired in found)
    tests = new_tests(state, agent, name) if task.get("writes") else []
    parts = [_repairs(rules, found, _looked_at(state, agent))] if rules else []
    if task.get("writes"):
        parts.append(tests_part(state, agent, name, tests))
    if not name:
        parts = [TaskPart(TaskStatus.HUMAN, "no capability covers this sentence")]
    return TaskRow(
        agent=agent,
        sentence=task["text"],
        line=task["line"],
        capability=name,
        sites=len(found),
        edits=edits,
        tests_added=len(tests),
        status=together([part.status for part in parts], finished=state.finished is not None),
        evidence="; ".join(part.evidence for part in parts),
    )


def _sites(state: State, agent: int) -> Iterable[tuple[dict[str, Any], bool]]:
    """Give each site in the agent's scope with whether a merged batch repaired it."""
    owners = state.surveyed.shared_owners if state.surveyed else {}
    for batch in state.live_batches:
        for site in (*batch.repaired, *batch.needs_human):
            if (batch.agent or owners.get(site["path"], 0)) == agent:
                yield site, batch.stage is Stage.MERGED and site in batch.repaired


@dataclass(frozen=True, slots=True)
class _Files:
    """An agent's files, and those of them that hide what is in them."""

    number: int
    unparseable: tuple[str, ...]


def _looked_at(state: State, agent: int) -> _Files:
    agents = state.started.agents if state.started else []
    files = [each["files"] for each in agents if each["number"] == agent]
    number = sum(len(each) if isinstance(each, list) else each for each in files)
    torn = state.surveyed.unparseable if state.surveyed else []
    return _Files(number, tuple(row["path"] for row in torn if row.get("agent") == agent))


def _repairs(rules: set[str], found: Sequence[tuple[dict[str, Any], bool]], files: _Files) -> TaskPart:
    """Tell what became of the findings; a file that does not parse may hide some."""
    of, sites, edits = ", ".join(sorted(rules)), len(found), sum(repaired for _, repaired in found)
    hidden = f"; not parsed, so not looked at: {', '.join(files.unparseable)}" if files.unparseable else ""
    if not sites:
        status = TaskStatus.HUMAN if hidden else TaskStatus.NOTHING
        return TaskPart(
            status, f"no finding of {of} in the agent's {number_of(files.number, 'file')}{hidden}"
        )
    evidence = f"{edits} of {number_of(sites, 'finding')} of {of} repaired"
    if edits == sites:
        return TaskPart(TaskStatus.PARTLY if hidden else TaskStatus.DONE, evidence + hidden)
    status = TaskStatus.PARTLY if edits else TaskStatus.HUMAN
    return TaskPart(status, f"{evidence}, the rest is listed{_why(found)}{hidden}")


def _why(found: Sequence[tuple[dict[str, Any], bool]]) -> str:
    reasons = Counter(str(site["reason"]) for site, repaired in found if not repaired and site.get("reason"))
    told = ", ".join(f"{reason} ({number})" for reason, number in sorted(reasons.items()))
    return f": {told}" if told else ""
