"""Batches are disjoint, complete and the same every time."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.batch import Batch, merge_order
from cellwall.migrate.batching import SHARED_ID, plan_batches, split

PATHS = st.lists(st.from_regex(r"[a-z]{1,3}/[a-z]{1,4}\.py", fullmatch=True), unique=True, max_size=40)


def is_conftest(path: str) -> bool:
    return path.startswith("a")


@given(PATHS, st.integers(1, 5), st.integers(1, 7))
def test_each_concerned_file_is_in_one_batch(paths: list[str], agents: int, size: int) -> None:
    owned = {n: [p for i, p in enumerate(paths) if i % agents == n] for n in range(agents)}
    owned = {n + 1: files for n, files in owned.items()}
    concerned = paths[::2]
    batches = plan_batches(owned, concerned, is_shared=is_conftest, size=size)
    assert sorted(p for b in batches for p in b.paths) == sorted(concerned)
    assert [b.id for b in batches] == sorted((b.id for b in batches), key=merge_order)
    assert all(len(b.paths) <= size for b in batches if b.id != SHARED_ID)


def test_shared_files_are_batch_zero() -> None:
    batches = plan_batches(
        {1: ["x/t.py", "a/conftest.py"], 2: ["a/c.py"]},
        ["x/t.py", "a/conftest.py", "a/c.py"],
        is_shared=is_conftest,
        size=5,
    )
    assert batches == (
        Batch("a00-b000", 0, ("a/c.py", "a/conftest.py")),
        Batch("a01-b001", 1, ("x/t.py",)),
    )


def test_a_file_outside_the_batch_is_in_no_piece() -> None:
    batch = Batch("a01-b001", 1, ("a.py",))
    assert split(batch, ["a.py", "elsewhere.py"]) == ()


@given(st.lists(st.text(min_size=1), unique=True, max_size=9))
def test_pieces_cover_the_changed_files_and_sort_after_their_batch(changed: list[str]) -> None:
    batch = Batch("a01-b001", 1, tuple(changed))
    pieces = split(batch, changed)
    assert bool(pieces) == (len(changed) > 1)
    assert not pieces or [p for piece in pieces for p in piece.paths] == sorted(changed)
    ids = [batch.id, *(p.id for p in pieces), "a01-b002", "a02-b001", "a100-b001"]
    assert ids == sorted(ids, key=merge_order)
