"""Attributes of classes that requests set."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "class-attribute-set-by-request"
FOUND = [
    pytest.param(
        """
        class Store:
            last = {}
            def put(self, user, data):
                Store.last['user'] = user
        """,
        [4],
        id="class attr via Class name: name",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        class State:
            current_user = None
        @app.get('/x')
        async def x(user_id: str):
            State.current_user = user_id
            return await work()
        """,
        [7],
        id="class attr scalar: cls.current",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        class State:
            def __init__(self, u):
                self.current_user = u
        @app.get('/x')
        async def x(user_id: str):
            s = State(user_id)
            return await work(s)
        """,
        id="class attr scalar: cls.current",
    ),
    pytest.param(
        """
        class Store:
            notes = {}
            def keep(self, user_id, note):
                Store.notes[user_id] = (user_id, note)
        """,
        id="an own key of each user",
    ),
    pytest.param(
        """
        class Storage:
            secret = None
        def set_up(storage_secret):
            Storage.secret = storage_secret
        """,
        id="a setting of the service",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
