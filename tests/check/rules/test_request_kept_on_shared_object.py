"""Something of a request on an object that serves all."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "request-kept-on-shared-object"
FOUND = [
    pytest.param(
        """
        import socketio
        class Chat(socketio.AsyncNamespace):
            async def on_connect(self, sid, environ):
                self.user = environ["user"]
        """,
        [4],
        id="socketio",
    ),
    pytest.param(
        """
        from celery import Task
        class Send(Task):
            def run(self, user_id):
                self.user_id = user_id
        """,
        [4],
        id="celery",
    ),
    pytest.param(
        """
        class Current:
            _instance = None
            def __new__(cls):
                if cls._instance is None:
                    cls._instance = super().__new__(cls)
                return cls._instance
            def enter(self, user):
                self.user = user
        """,
        [8],
        id="singleton",
    ),
    pytest.param(
        """
        from flask import Flask
        class App(Flask):
            def __call__(self, environ, start_response):
                if environ.get("keep", False):
                    self.environ = environ
        """,
        [5],
        id="kept where a request asks for it",
    ),
    pytest.param(
        """
        from flask import Flask
        class App(Flask):
            def __call__(self, environ, start_response):
                if environ.get("flask._preserve_context", False):
                    pass
                else:
                    self.environ = environ
        """,
        [7],
        id="kept but for the test client",
    ),
]
SILENT = [
    pytest.param(
        """
        from flask import Flask
        class App(Flask):
            def __call__(self, environ, start_response):
                if environ.get("flask._preserve_context", False):
                    self.environ = environ
        """,
        id="kept for the test client",
    ),
    pytest.param(
        """
        class Responder:
            async def __call__(self, scope, receive, send):
                self.send = send
        class App:
            async def __call__(self, scope, receive, send):
                await Responder()(scope, receive, send)
        """,
        id="a responder of one request",
    ),
    pytest.param(
        """
        class App:
            async def __call__(self, scope, receive, send):
                if not hasattr(self, "logger"):
                    self.logger = scope["app"].logger
        """,
        id="made once",
    ),
    pytest.param(
        """
        class Tokens:
            def _set_user(self, user):
                self._user = user
            user = property(None, _set_user)
        tokens = Tokens()
        """,
        id="a property",
    ),
    pytest.param(
        """
        class Live:
            def track(self, user):
                self.users = self.users | {user}
        live = Live()
        """,
        id="added to what is there",
    ),
    pytest.param(
        """
        class Service:
            def run(self, user):
                self.user = user
        """,
        id="unknown",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
