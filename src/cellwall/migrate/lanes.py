"""The order of merging: which passed batch may be merged next. Pure decisions over the run's state."""

from collections.abc import Iterable

from cellwall.migrate.batch import merge_order
from cellwall.migrate.state import FINAL, BatchState, Stage, State


def next_to_merge(state: State) -> BatchState | None:
    """Give the first unfinished batch in merge order if it has passed; None if another must come first."""
    for batch in in_merge_order(state.batches.values()):
        if batch.stage not in FINAL:
            return batch if batch.stage is Stage.PASSED else None
    return None


def in_merge_order(batches: Iterable[BatchState]) -> list[BatchState]:
    """Sort batches by agent, batch and piece."""
    return sorted(batches, key=lambda batch: merge_order(batch.id))


def pieces_of(state: State, batch_id: str) -> list[BatchState]:
    """Give the direct pieces of a split batch, in order."""
    depth = batch_id.count(".") + 1
    return [
        batch
        for batch in in_merge_order(state.batches.values())
        if batch.id.startswith(f"{batch_id}.") and batch.id.count(".") == depth
    ]
