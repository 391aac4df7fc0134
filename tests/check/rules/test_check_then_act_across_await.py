"""Asked before a wait, changed after it."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "check-then-act-across-await"
FOUND = [
    pytest.param(
        """
        rooms = {}
        async def join(room):
            if room not in rooms:
                rooms[room] = await make(room)
        """,
        [3],
        id="in the value",
    ),
]
SILENT = [
    pytest.param(
        """
        rooms = {}
        async def join(room, other):
            if room not in rooms:
                rooms[other] = await make(room)
        """,
        id="another key",
    ),
    pytest.param(
        """
        rooms = {}
        async def join(room):
            if room not in rooms:
                async with room_lock:
                    rooms[room] = await make(room)
        """,
        id="a lock inside",
    ),
    pytest.param(
        """
        rooms = {}
        async def join(room):
            if room not in rooms:
                rooms[room] = make(room)
        """,
        id="no wait",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
