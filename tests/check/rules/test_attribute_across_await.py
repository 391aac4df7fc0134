"""An attribute written before an await and read after it."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "attribute-across-await"
FOUND = [
    pytest.param(
        """
        class A:
            async def go(self, user):
                self.user = user
                async with lock:
                    return self.user
        a = A()
        """,
        [3],
        id="async with",
    ),
]
SILENT = [
    pytest.param(
        """
        class A:
            async def go(self, user):
                self.user = user
                await work()
        a = A()
        """,
        id="not read again",
    ),
    pytest.param(
        """
        class A:
            async def go(self, user):
                await work()
                self.user = user
                return self.user
        a = A()
        """,
        id="no wait between",
    ),
    pytest.param(
        """
        class A:
            def __init__(self, request):
                self.request = request
            async def go(self, user):
                self.user = user
                await work()
                return self.user
        """,
        id="an object of one request",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
