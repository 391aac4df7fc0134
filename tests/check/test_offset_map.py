"""Offsets before and after edits belong together."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.edit import Edit, apply_edits
from cellwall.check.offset_map import OffsetMap


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    source = draw(st.binary(min_size=1, max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return source, [Edit(start, end, draw(st.binary(max_size=5))) for start, end in pairs]


@settings(max_examples=200, derandomize=True)
@given(edited())
def test_a_byte_outside_all_edits_is_found_again(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    after = apply_edits(source, edits)
    moved = OffsetMap.of(edits)
    for offset in range(len(source)):
        if not any(edit.start <= offset < max(edit.end, edit.start + 1) for edit in edits):
            assert after[moved.forward(offset)] == source[offset]
            assert moved.back(moved.forward(offset)) == offset


def test_replaced_and_inserted_bytes() -> None:
    moved = OffsetMap.of([Edit(2, 4, b"xyz"), Edit(6, 6, b"++")])
    assert [moved.forward(offset) for offset in (0, 2, 3, 4, 6)] == [0, 2, 2, 5, 9]
    assert [moved.back(offset) for offset in (2, 4, 5, 7, 8, 9)] == [2, 2, 4, 6, 6, 6]
