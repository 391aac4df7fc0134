"""Concurrency without an assertion."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "concurrency-test-without-assertion"
FOUND = [
    pytest.param(
        """
        import asyncio
        async def test_many():
            async with asyncio.TaskGroup() as group:
                group.create_task(work())
        """,
        [3],
        id="a task group",
    ),
]
SILENT = [
    pytest.param(
        """
        import asyncio
        async def test_many(m):
            await asyncio.gather(m(), m())
            m.assert_called()
        """,
        id="a mock",
    ),
    pytest.param(
        """
        import asyncio
        async def test_many():
            async def work():
                assert True
            await asyncio.gather(work(), work())
        """,
        id="inside the work",
    ),
    pytest.param(
        """
        import asyncio
        async def test_many():
            await asyncio.gather(check_one(), check_one())
        """,
        id="a helper that checks",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == []
