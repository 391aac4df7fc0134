"""A global variable that a request sets."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "global-set-by-request"
FOUND = [
    pytest.param(
        """
        current = None
        def login(request):
            helper(request.user)
        def helper(user):
            global current
            current = user
        """,
        [6],
        id="in a helper",
    ),
    pytest.param(
        """
        socket = None
        async def connect(websocket):
            global socket
            socket = websocket
        """,
        [4],
        id="a websocket",
    ),
]
SILENT = [
    pytest.param(
        """
        pool = None
        def get(request):
            global pool
            if pool is None:
                pool = make(request)
        """,
        id="made once",
    ),
    pytest.param(
        """
        ready = False
        def get(request):
            global ready
            ready = True
        """,
        id="a constant",
    ),
    pytest.param(
        """
        app_user = None
        def main(user):
            global app_user
            app_user = user
        """,
        id="on start",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
