"""Work in a thread that reads the context."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "executor-drops-context"
FOUND = [
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        class A:
            def work(self):
                return user.get()
            def go(self, pool):
                pool.submit(self.work)
        """,
        [7],
        id="a method",
    ),
    pytest.param(
        """
        from threading import Thread
        from flask import request
        def work():
            return request.args
        def go():
            Thread(target=work).start()
        """,
        [6],
        id="a thread",
    ),
    pytest.param(
        """
        import threading
        from flask import g
        def work():
            return g.user
        def go():
            threading.Timer(3, work).start()
            threading.Timer(interval=3, function=work).start()
        """,
        [6, 7],
        id="a timer",
    ),
    pytest.param(
        """
        from functools import partial
        from contextvars import ContextVar
        user = ContextVar("user")
        def work(n):
            return user.get()
        async def go(loop):
            await loop.run_in_executor(None, partial(work, 1))
            await loop.run_in_executor(None, lambda: work(1))
        """,
        [7, 8],
        id="bound to arguments, or in a lambda",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        def go(pool):
            pool.submit(lambda: print(user.get()))
        """,
        [4],
        id="a lambda that reads it",
    ),
]
SILENT = [
    pytest.param(
        """
        from threading import Thread
        from flask import g
        def work(app, user):
            with app.app_context():
                g.user = user
                return g.user
        def go(app, user):
            Thread(target=work, args=(app, user)).start()
        """,
        id="its own context",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        def work():
            user.set(1)
            return user.get()
        def go(pool):
            pool.submit(work)
        """,
        id="it sets the variable itself",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
