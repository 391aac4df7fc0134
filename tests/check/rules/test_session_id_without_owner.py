"""What an id alone opens."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "session-id-without-owner"
FOUND = [
    pytest.param(
        """
        from starlette.requests import Request
        class M:
            async def go(self, scope, receive, send):
                request = Request(scope)
                task_id = request.query_params["task_id"]
                return self.tasks[task_id]
        """,
        [6],
        id="a query parameter",
    ),
]
SILENT = [
    pytest.param(
        """
        from starlette.requests import Request
        class M:
            async def go(self, scope, receive, send):
                task_id = Request(scope).query_params["task_id"]
                task = self.tasks[task_id]
                if task.owner != scope["user"]:
                    return None
                return task
        """,
        id="compared with who asks",
    ),
    pytest.param(
        """
        from starlette.requests import Request
        class M:
            async def go(self, scope, receive, send):
                session_id = Request(scope).cookies["s"]
                return self.sessions[session_id]
        """,
        id="a cookie",
    ),
    pytest.param(
        """
        class M:
            def go(self, task_id):
                return self.tasks[task_id]
        """,
        id="no request",
    ),
    pytest.param(
        """
        from starlette.requests import Request
        async def go(scope, receive, send):
            tasks = {}
            task_id = Request(scope).query_params["task_id"]
            return tasks[task_id]
        """,
        id="a dictionary of its own",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
