"""What became of each task of the plan: one row a task, told from the journal alone. No clock, no I/O."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cellwall.migrate.state import BatchState, Stage, State


class TaskStatus(StrEnum):
    """How a task ended."""

    DONE = "done"
    NOTHING = "nothing to do"
    PARTLY = "partly"
    HUMAN = "needs a human"
    OPEN = "not finished"


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


@dataclass(frozen=True, slots=True)
class _Part:
    """One half of a task, repairs or new tests: its status, and the sentence that shows it."""

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
    tests = _new_tests(state, agent, name) if task.get("writes") else []
    parts = [_repairs(rules, found, _looked_at(state, agent))] if rules else []
    if task.get("writes"):
        parts.append(_writing(state, agent, name, tests))
    if not name:
        parts = [_Part(TaskStatus.HUMAN, "no capability covers this sentence")]
    return TaskRow(
        agent=agent,
        sentence=task["text"],
        line=task["line"],
        capability=name,
        sites=len(found),
        edits=edits,
        tests_added=len(tests),
        status=_together([part.status for part in parts], finished=state.finished is not None),
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


def _repairs(rules: set[str], found: Sequence[tuple[dict[str, Any], bool]], files: _Files) -> _Part:
    """Tell what became of the findings; a file that does not parse may hide some."""
    of, sites, edits = ", ".join(sorted(rules)), len(found), sum(repaired for _, repaired in found)
    hidden = f"; not parsed, so not looked at: {', '.join(files.unparseable)}" if files.unparseable else ""
    if not sites:
        status = TaskStatus.HUMAN if hidden else TaskStatus.NOTHING
        return _Part(status, f"no finding of {of} in the agent's {files.number} files{hidden}")
    evidence = f"{edits} of {sites} findings of {of} repaired"
    if edits == sites:
        return _Part(TaskStatus.PARTLY if hidden else TaskStatus.DONE, evidence + hidden)
    status = TaskStatus.PARTLY if edits else TaskStatus.HUMAN
    return _Part(status, f"{evidence}, the rest is listed{_why(found)}{hidden}")


def _why(found: Sequence[tuple[dict[str, Any], bool]]) -> str:
    reasons = Counter(str(site["reason"]) for site, repaired in found if not repaired and site.get("reason"))
    told = ", ".join(f"{reason} ({number})" for reason, number in sorted(reasons.items()))
    return f": {told}" if told else ""


def _new_tests(state: State, agent: int, capability: str) -> list[str]:
    """Give the new tests of merged batches, each proved to notice a leak."""
    batches = _writing_batches(state, agent, capability)
    return [test for batch in batches for test in _proved(batch, capability)]


def _writing_batches(state: State, agent: int, capability: str) -> list[BatchState]:
    batches = [batch for batch in state.live_batches if batch.agent == agent]
    return [b for b in batches if b.stage is Stage.MERGED and capability in b.writes.values()]


def _proved(batch: BatchState, capability: str) -> list[str]:
    paths = {path for path, name in batch.writes.items() if name == capability}
    return [
        each["test"]
        for verdict in batch.verdicts.values()
        for each in verdict.figures.get("proved", ())
        if each["test"].partition("::")[0] in paths
    ]


def _writing(state: State, agent: int, capability: str, tests: list[str]) -> _Part:
    """Tell what became of the tests that the task asks for."""
    surveyed = state.surveyed
    key = {"agent": agent, "capability": capability}
    for row in surveyed.impossible if surveyed else ():
        if key.items() <= row.items():
            return _Part(TaskStatus.HUMAN, f"no test can be written: {row['reason']}")
    for row in surveyed.present if surveyed else ():
        if key.items() <= row.items():
            return _Part(TaskStatus.NOTHING, f"{row['path']} is there already")
    planned = [b for b in state.live_batches if b.agent == agent and capability in b.writes.values()]
    where = ", ".join(sorted(p for b in planned for p, name in b.writes.items() if name == capability))
    if merged := _writing_batches(state, agent, capability):
        if failing := _failing(state, tests):
            return _Part(
                TaskStatus.PARTLY, f"of {len(tests)} new tests in {where} fail: {', '.join(failing)}"
            )
        if tests:
            number = f"{len(tests)} new test{'s' if len(tests) > 1 else ''}"
            return _Part(TaskStatus.DONE, f"{number} in {where}, each notices a leak")
        return _Part(TaskStatus.PARTLY, f"{where}: written, and not proved: {_unproved(merged)}")
    refusals = [f"{b.refused_by}: {b.evidence[:200]}" for b in planned if b.stage is Stage.REFUSED]
    if refusals:
        return _Part(TaskStatus.HUMAN, f"the new tests were refused by {'; '.join(refusals)}")
    return _Part(TaskStatus.OPEN, "the new tests are not merged")


def _failing(state: State, tests: Sequence[str]) -> list[str]:
    """Give the new tests that failed in the whole suite at the end, where it was run."""
    failed = state.tests["after"].failed if "after" in state.tests else []
    return [test for test in tests if test in failed]


def _unproved(batches: list[BatchState]) -> str:
    notes = [v.evidence for b in batches for v in b.verdicts.values() if v.gate == "notices leaks"]
    return notes[0] if notes else "no gate looked"


def _together(parts: list[TaskStatus], *, finished: bool) -> TaskStatus:
    """Give the status of a task of one or two parts; what an unfinished run left undone is open."""
    kinds = set(parts) - {TaskStatus.NOTHING}
    if not kinds:
        return TaskStatus.NOTHING if parts else TaskStatus.HUMAN
    if len(kinds) == 1:
        only = kinds.pop()
        return TaskStatus.OPEN if only is TaskStatus.HUMAN and not finished else only
    return TaskStatus.PARTLY if finished else TaskStatus.OPEN
