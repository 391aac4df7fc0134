"""How far a run is: its status, each agent's part, the validation queue, the pace. The clock comes in."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Final

from cellwall.migrate.state import FINAL, BatchState, Stage, State

QUEUE: Final = (Stage.WAITING, Stage.RUNNING, Stage.PASSED, Stage.REFUSED)
SHARED: Final = 0  # the agent number of batch 0


@dataclass(frozen=True, slots=True)
class AgentProgress:
    """One agent's part, in files: `done` are merged or given up, `refused` of them given up."""

    number: int
    name: str
    files: int
    done: int
    refused: int
    batches: int
    working: bool

    @property
    def percent(self) -> int:
        """The done part, rounded down, so that 100 means all."""
        return 100 if not self.files else 100 * self.done // self.files


def status(state: State) -> str:
    """Give "finished", "stopped", or "unfinished" (it runs, or was killed: the journal cannot tell)."""
    if state.finished:
        return "finished"
    return "stopped" if state.stopped else "unfinished"


def agent_progress(state: State) -> list[AgentProgress]:
    """Give every agent's part in the plan's order, batch 0 first where there is one."""
    declared: list[dict[str, Any]] = list(state.started.agents) if state.started else []
    numbers = {agent["number"] for agent in declared}
    batches = state.live_batches
    if SHARED not in numbers and any(batch.agent == SHARED for batch in batches):
        declared.insert(0, {"number": SHARED, "name": "Shared files"})
    mine: dict[int, list[BatchState]] = {}
    for batch in batches:
        mine.setdefault(batch.agent, []).append(batch)
    return [_one(agent, mine.get(agent["number"], []), state) for agent in declared]


def _one(agent: dict[str, Any], batches: list[BatchState], state: State) -> AgentProgress:
    files = sum(len(batch.paths) for batch in batches)
    if state.surveyed is None:  # nothing is planned yet: what the plan's scopes gave it
        files = max(1, _declared_files(agent))
    final = final_stages(state)
    return AgentProgress(
        number=agent["number"],
        name=str(agent.get("name", "")),
        files=files,
        done=_files(batches, final),
        refused=_files(batches, {Stage.REFUSED}),
        batches=len(batches),
        working=not state.stopped
        and any(batch.stage in (Stage.PROPOSING, Stage.RUNNING) for batch in batches),
    )


def dry_run(state: State) -> bool:
    """Tell whether the run only proposes."""
    return bool(state.started and state.started.options.get("dry_run"))


def final_stages(state: State) -> frozenset[Stage]:
    """Give the stages in which a batch is done; a dry run is done with a batch when its patch is there."""
    return FINAL | {Stage.WAITING} if dry_run(state) else FINAL


def _declared_files(agent: dict[str, Any]) -> int:
    files = agent.get("files", 0)
    return files if isinstance(files, int) else len(files)


def _files(batches: list[BatchState], stages: Set[Stage]) -> int:
    return sum(len(batch.paths) for batch in batches if batch.stage in stages)


def validation_queue(state: State) -> dict[str, int]:
    """Count the batches that wait for the gates, are judged, passed (merged ones too) and were refused.

    In a run that stopped, what was being judged waits.
    """
    stages = Counter(batch.stage for batch in state.live_batches)
    if state.stopped:
        stages[Stage.WAITING] += stages.pop(Stage.RUNNING, 0)
    counts = {stage.value: stages[stage] for stage in QUEUE}
    counts[Stage.PASSED.value] += stages[Stage.MERGED]
    return counts


def pace(state: State, now: float) -> float | None:
    """Give the files done per second of work, pauses between stop and resume left out; None before any.

    Batch 0 runs alone and says nothing of the pace of agents side by side, so it counts only by itself.
    """
    own = [batch for batch in state.live_batches if batch.agent != SHARED] or state.live_batches
    started = [batch.started_at for batch in own if batch.started_at]
    done = _files(own, final_stages(state) | {Stage.PASSED})
    if not started or not done:
        return None
    since_last = max(0.0, now - state.last_at) if status(state) == "unfinished" else 0.0
    before_work = max(0.0, min(started) - state.began_at)
    return done / max(state.active_seconds + since_last - before_work, 0.001)


def remaining_seconds(state: State, now: float) -> float | None:
    """Estimate how long the rest of the files takes at the measured pace; None where nothing is measured."""
    speed = pace(state, now)
    if speed is None:
        return None
    left = _files(state.live_batches, frozenset(Stage) - final_stages(state))
    return left / speed
