"""What a client says about its position is read, and never believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.websocket import Position


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32), st.integers(0, 10**18 - 1))
def test_there_and_back(epoch: str, offset: int) -> None:
    position = Position(epoch, offset)
    assert Position.from_text(str(position)) == position


@given(st.text())
def test_anything_else_is_nowhere(text: str) -> None:
    assert Position.from_text(text) == Position("", 0)


@pytest.mark.parametrize(
    "text",
    [":", f"{'a' * 32}:-1", f"{'a' * 32}:１", f"{'a' * 32}:{'9' * 5000}", f"{'a' * 32}:1\n", f"{'A' * 32}:1"],
)
def test_nearly_right_is_nowhere(text: str) -> None:
    assert Position.from_text(text) == Position("", 0)
