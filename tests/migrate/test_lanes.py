"""Merging follows agent and batch, whoever is ready first."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.batch import merge_order
from cellwall.migrate.lanes import in_merge_order, next_to_merge, pieces_of
from cellwall.migrate.state import BatchState, Stage, State


def state_of(**stages: Stage) -> State:
    names = {key.replace("_", "-").replace("x", "."): stage for key, stage in stages.items()}
    return State(batches={name: BatchState(name, 1, [name], stage) for name, stage in names.items()})


def test_a_passed_batch_waits_for_an_earlier_one() -> None:
    assert next_to_merge(state_of(a01_b001=Stage.RUNNING, a02_b001=Stage.PASSED)) is None


def test_refused_and_split_batches_hold_up_nobody() -> None:
    state = state_of(a01_b001=Stage.REFUSED, a01_b002=Stage.SPLIT, a02_b001=Stage.PASSED)
    ready = next_to_merge(state)
    assert ready is not None
    assert ready.id == "a02-b001"


def test_pieces_come_before_the_next_batch() -> None:
    state = state_of(a01_b001=Stage.SPLIT, a01_b002=Stage.PASSED, a01_b001x1=Stage.PLANNED)
    assert next_to_merge(state) is None
    assert [piece.id for piece in pieces_of(state, "a01-b001")] == ["a01-b001.1"]


@given(st.permutations(["a00-b000", "a01-b001", "a01-b001.1", "a01-b001.2", "a02-b001", "a10-b001"]))
def test_any_order_of_completion_merges_in_one_order(done: list[str]) -> None:
    state = State(batches={name: BatchState(name, 1, []) for name in sorted(done)})
    merged = []
    for name in done:
        state.batches[name].stage = Stage.PASSED
        while batch := next_to_merge(state):
            merged.append(batch.id)
            batch.stage = Stage.MERGED
    assert merged == sorted(done, key=merge_order)
    assert [b.id for b in in_merge_order(state.batches.values())] == merged
