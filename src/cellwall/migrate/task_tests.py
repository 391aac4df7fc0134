"""What became of the tests that a task asks for, told from the journal alone. No clock, no I/O."""

from collections.abc import Sequence

from cellwall.migrate.state import BatchState, Stage, State
from cellwall.migrate.task_status import TaskPart, TaskStatus


def new_tests(state: State, agent: int, capability: str) -> list[str]:
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


def tests_part(state: State, agent: int, capability: str, tests: list[str]) -> TaskPart:
    """Tell what became of the tests that the task asks for."""
    surveyed = state.surveyed
    key = {"agent": agent, "capability": capability}
    for row in surveyed.impossible if surveyed else ():
        if key.items() <= row.items():
            return TaskPart(TaskStatus.HUMAN, f"no test can be written: {row['reason']}")
    for row in surveyed.present if surveyed else ():
        if key.items() <= row.items():
            return TaskPart(TaskStatus.NOTHING, f"{row['path']} is there already")
    planned = [b for b in state.live_batches if b.agent == agent and capability in b.writes.values()]
    where = ", ".join(sorted(p for b in planned for p, name in b.writes.items() if name == capability))
    if merged := _writing_batches(state, agent, capability):
        if failing := _failing(state, tests):
            return TaskPart(
                TaskStatus.PARTLY, f"of {len(tests)} new tests in {where} fail: {', '.join(failing)}"
            )
        if tests:
            number = f"{len(tests)} new test{'s' if len(tests) > 1 else ''}"
            return TaskPart(TaskStatus.DONE, f"{number} in {where}, each notices a leak")
        return TaskPart(TaskStatus.PARTLY, f"{where}: written, and not proved: {_unproved(merged)}")
    refusals = [f"{b.refused_by}: {b.evidence[:200]}" for b in planned if b.stage is Stage.REFUSED]
    if refusals:
        return TaskPart(TaskStatus.HUMAN, f"the new tests were refused by {'; '.join(refusals)}")
    return TaskPart(TaskStatus.OPEN, "the new tests are not merged")


def _failing(state: State, tests: Sequence[str]) -> list[str]:
    """Give the new tests that failed in the whole suite at the end, where it was run."""
    failed = state.tests["after"].failed if "after" in state.tests else []
    return [test for test in tests if test in failed]


def _unproved(batches: list[BatchState]) -> str:
    notes = [v.evidence for b in batches for v in b.verdicts.values() if v.gate == "notices leaks"]
    return notes[0] if notes else "no gate looked"
