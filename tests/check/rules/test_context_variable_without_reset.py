"""A context variable that stays set."""

from collections.abc import Callable

import pytest

from cellwall.check.engine import check_source
from cellwall.check.fixer import FixResult
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

Lines = Callable[..., list[int]]
RULE = "context-variable-without-reset"
FOUND = [
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        async def with_user(request):
            user.set(request.user)
            yield
        """,
        [4],
        id="a dependency",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        from flask import Flask, request
        app = Flask(__name__)
        tenant = ContextVar('tenant', default=None)
        @app.before_request
        def begin():
            if 'x-tenant' in request.headers:
                tenant.set(request.headers['x-tenant'])
        """,
        [8],
        id="before each request of a thread, not in any case",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        tenant = ContextVar('tenant', default=None)
        class Tenants:
            def __init__(self, app):
                self.app = app
            def __call__(self, environ, start_response):
                if environ.get('HTTP_X_TENANT'):
                    tenant.set(environ['HTTP_X_TENANT'])
                return self.app(environ, start_response)
        """,
        [8],
        id="a middleware of WSGI",
    ),
]
SILENT = [
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        def acting(value):
            user.set(value)
            try:
                yield
            finally:
                user.set(None)
        """,
        id="set back at the end",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        spent = ContextVar("spent")
        async def stream():
            yield 1
            spent.set(2)
        """,
        id="counted after the yield",
    ),
    pytest.param(
        """
        import threading
        done = threading.Event()
        def wait(x):
            done.set(x)
            yield
        """,
        id="an event",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar("user")
        class A:
            def __enter__(self):
                user.set(1)
            def __exit__(self, *e):
                user.set(None)
        """,
        id="left by the other half",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        from flask import Flask, request
        app = Flask(__name__)
        tenant = ContextVar('tenant', default=None)
        @app.before_request
        def begin():
            if 'x-tenant' in request.headers:
                tenant.set(request.headers['x-tenant'])
        @app.teardown_request
        def end(error):
            tenant.set(None)
        """,
        id="set back after each request",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        user = ContextVar('user')
        class CurrentUser:
            async def __call__(self, scope, receive, send):
                if 'user' in scope:
                    user.set(scope['user'])
                await self.app(scope, receive, send)
        """,
        id="a request in a task, with a context of its own",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


HEAD = """\
from contextlib import contextmanager
from contextvars import ContextVar

user = ContextVar("user")


@contextmanager
def acting_as(value):
"""


def test_the_comment_of_the_yield_and_the_indentation_are_kept(fix: Callable[..., FixResult]) -> None:
    source = HEAD + "  user.set(value)\n  yield  # hand over\n"
    wanted = "  token = user.set(value)\n  try:\n    yield  # hand over\n  finally:\n    user.reset(token)\n"
    assert fix(source, path="app/a.py", include_app=True).source.decode() == HEAD + wanted


def test_what_is_made_of_the_token_is_not_taken_for_it(fix: Callable[..., FixResult]) -> None:
    source = HEAD + "  print(user.set(value))\n  yield\n"
    assert fix(source, path="app/a.py", include_app=True).source.decode() == source


def test_what_every_request_sets_anew_is_info(settings: CheckSettings) -> None:
    source = (
        "from contextvars import ContextVar\n\nuser = ContextVar('user')\n\n\nclass Who:\n"
        "    def __init__(self, get_response):\n        self.get_response = get_response\n\n"
        "    def __call__(self, request):\n        user.set(request.user)\n"
        "        return self.get_response(request)\n"
    )
    report = check_source("app/a.py", source.encode(), settings._replace(rules=("CW304",)), ProjectFacts())
    assert [finding.severity.value for finding in report.findings] == ["info"]
