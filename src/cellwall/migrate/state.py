"""The state of a run: a fold over its events. No clock, no I/O; every view reads this."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import singledispatch
from typing import Any

from cellwall.migrate import events as e
from cellwall.migrate.batch import Batch


class Stage(StrEnum):
    """Where a batch stands; the validation queue is WAITING, RUNNING, PASSED and REFUSED."""

    PLANNED = "planned"
    PROPOSING = "proposing"
    WAITING = "waiting"  # its patch waits for the gates
    RUNNING = "running"  # the gates judge it
    PASSED = "passed"  # waits for its turn to be merged
    SPLIT = "split"
    REFUSED = "refused"
    MERGED = "merged"


FINAL = frozenset({Stage.SPLIT, Stage.REFUSED, Stage.MERGED})


@dataclass(slots=True)
class BatchState:
    """One batch; `intervals` are (start, end) times of its agent's work, by the journal's clock."""

    id: str
    agent: int
    paths: list[str]
    stage: Stage = Stage.PLANNED
    digest: str = ""
    changed: list[str] = field(default_factory=list)
    repaired: list[dict[str, Any]] = field(default_factory=list)
    needs_human: list[dict[str, Any]] = field(default_factory=list)
    new_modules: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[str, e.Judged] = field(default_factory=dict)  # of the present digest, by gate
    commit: str = ""
    token: int = 0
    file: str = ""
    refused_by: str = ""
    evidence: str = ""
    started_at: float = 0.0
    ended_at: float = 0.0
    writes: dict[str, str] = field(default_factory=dict)  # new test module -> the capability that writes it


@dataclass(slots=True)
class State:
    """A run as far as its journal tells."""

    started: e.RunStarted | None = None
    surveyed: e.Surveyed | None = None
    batches: dict[str, BatchState] = field(default_factory=dict)
    tests: dict[str, e.TestsMeasured] = field(default_factory=dict)  # by "before", "after"
    findings_after: e.FindingsMeasured | None = None
    benchmark: e.BenchmarkMeasured | None = None
    commands: list[e.CommandHandled] = field(default_factory=list)
    conflicts: list[e.LeaseConflict] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failures: list[e.AgentFailed] = field(default_factory=list)
    stopped: str = ""  # why the run stopped; "" while it runs or when it finished
    finished: e.RunFinished | None = None
    began_at: float = 0.0
    last_at: float = 0.0
    active_seconds: float = 0.0  # time spent, pauses between stop and resume left out

    def batch(self, batch_id: str) -> Batch:
        """Give the batch with this id, as it was planned."""
        planned = self.batches[batch_id]
        return Batch(batch_id, planned.agent, tuple(planned.paths), tuple(sorted(planned.writes.items())))

    @property
    def live_batches(self) -> list[BatchState]:
        """The batches that count: a split batch is represented by its pieces."""
        return [batch for batch in self.batches.values() if batch.stage is not Stage.SPLIT]


def fold(records: Iterable[tuple[float, e.Event]], state: State | None = None) -> State:
    """Give the state after the recorded (time, event) pairs, going on from `state` where it is given."""
    state = state or State()
    for at, event in records:
        if not state.began_at:
            state.began_at = at
        elif not isinstance(event, e.RunResumed):
            state.active_seconds += max(0.0, at - state.last_at)
        state.last_at = at
        _apply(event, state, at)
    return state


@singledispatch
def _apply(event: e.Event, state: State, at: float) -> None:
    """Events without a rule below change nothing."""


@_apply.register
def _(event: e.RunStarted, state: State, at: float) -> None:
    state.started = event


@_apply.register
def _(event: e.Surveyed, state: State, at: float) -> None:
    state.surveyed = event
    for batch in event.batches:
        state.batches[batch["batch"]] = BatchState(
            batch["batch"], batch["agent"], batch["paths"], writes=batch.get("writes", {})
        )


@_apply.register
def _(event: e.BatchPlanned, state: State, at: float) -> None:
    state.batches[event.batch] = BatchState(event.batch, event.agent, event.paths, writes=event.writes)


@_apply.register
def _(event: e.LeaseGranted, state: State, at: float) -> None:
    state.batches[event.batch].token = event.token


@_apply.register
def _(event: e.LeaseConflict, state: State, at: float) -> None:
    state.conflicts.append(event)


@_apply.register
def _(event: e.AgentStarted, state: State, at: float) -> None:
    batch = state.batches[event.batch]
    batch.stage, batch.started_at = Stage.PROPOSING, at


@_apply.register
def _(event: e.PatchProposed, state: State, at: float) -> None:
    batch = state.batches[event.batch]
    if batch.digest != event.digest:
        batch.verdicts.clear()
    batch.stage, batch.digest, batch.ended_at = Stage.WAITING, event.digest, at
    batch.changed, batch.repaired, batch.needs_human = event.paths, event.repaired, event.needs_human
    batch.new_modules, batch.file = event.new_modules, event.file


@_apply.register
def _(event: e.AgentFailed, state: State, at: float) -> None:
    state.failures.append(event)
    state.batches[event.batch].stage = Stage.PLANNED


@_apply.register
def _(event: e.JudgingStarted, state: State, at: float) -> None:
    state.batches[event.batch].stage = Stage.RUNNING


@_apply.register
def _(event: e.Judged, state: State, at: float) -> None:
    batch = state.batches[event.batch]
    if event.digest == batch.digest:
        batch.verdicts[event.gate] = event


@_apply.register
def _(event: e.BatchPassed, state: State, at: float) -> None:
    state.batches[event.batch].stage = Stage.PASSED


@_apply.register
def _(event: e.BatchSplit, state: State, at: float) -> None:
    state.batches[event.batch].stage = Stage.SPLIT


@_apply.register
def _(event: e.BatchRefused, state: State, at: float) -> None:
    batch = state.batches[event.batch]
    batch.stage, batch.refused_by, batch.evidence = Stage.REFUSED, event.gate, event.evidence
    batch.needs_human = [*batch.needs_human, *event.needs_human]
    batch.repaired = []


@_apply.register
def _(event: e.BatchMerged, state: State, at: float) -> None:
    batch = state.batches[event.batch]
    batch.stage, batch.commit, batch.changed = Stage.MERGED, event.commit, event.paths


@_apply.register
def _(event: e.TestsMeasured, state: State, at: float) -> None:
    state.tests[event.when] = event


@_apply.register
def _(event: e.FindingsMeasured, state: State, at: float) -> None:
    state.findings_after = event


@_apply.register
def _(event: e.BenchmarkMeasured, state: State, at: float) -> None:
    state.benchmark = event


@_apply.register
def _(event: e.CommandHandled, state: State, at: float) -> None:
    state.commands.append(event)


@_apply.register
def _(event: e.Warned, state: State, at: float) -> None:
    state.warnings.append(event.message)


@_apply.register
def _(event: e.RunStopped, state: State, at: float) -> None:
    state.stopped = event.reason


@_apply.register
def _(event: e.RunResumed, state: State, at: float) -> None:
    state.stopped = ""


@_apply.register
def _(event: e.RunFinished, state: State, at: float) -> None:
    state.finished, state.stopped = event, ""
