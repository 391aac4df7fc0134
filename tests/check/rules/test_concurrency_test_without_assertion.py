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
    pytest.param(
        """
        from concurrent.futures import ThreadPoolExecutor
        def test_two_workers():
            with ThreadPoolExecutor(max_workers=2) as pool:
                pool.submit(work)
                pool.submit(work)
        """,
        [3],
        id="a pool of two",
    ),
]
SILENT = [
    pytest.param(
        """
        from concurrent.futures import ThreadPoolExecutor
        def test_one_worker():
            with ThreadPoolExecutor(1) as pool:
                pool.submit(work).result()
        """,
        id="a pool of one",
    ),
    pytest.param(
        """
        import asyncio
        class Last:
            async def __call__(self):
                assert self.done
        async def test_stages():
            await asyncio.gather(First()(), Last()())
        """,
        id="a class of the module that asserts",
    ),
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
