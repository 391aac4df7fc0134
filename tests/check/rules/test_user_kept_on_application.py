"""What one request writes onto the application."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "user-kept-on-application"
FOUND = [
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        @app.get('/x')
        async def x(request: Request):
            request.app.state.user = request.headers['x-user']
            return await work()
        """,
        [5],
        id="request on shared: app.state",
    ),
    pytest.param(
        """
        from flask import Flask, request, current_app
        app = Flask(__name__)
        @app.route('/x')
        def x():
            current_app.config['USER'] = request.args['u']
            return 'x'
        """,
        [5],
        id="request on shared: flask app.config",
    ),
    pytest.param(
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.route('/x')
        def x():
            app.current_user = request.args['u']
            return 'x'
        """,
        [5],
        id="request on shared: app.user = ",
    ),
    pytest.param(
        """
        from aiohttp import web
        async def x(request: web.Request):
            request.app['user'] = request.headers['x-user']
            return web.Response()
        """,
        [3],
        id="request on shared: aiohttp app key",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        @app.get('/x')
        async def x(request: Request):
            request.state.user = request.headers['x-user']
            return await work()
        """,
        id="request on shared: app.state",
    ),
    pytest.param(
        """
        from aiohttp import web
        async def x(request: web.Request):
            request['user'] = request.headers['x-user']
            return web.Response()
        """,
        id="request on shared: aiohttp app key",
    ),
    pytest.param(
        """
        from fastapi import Depends, FastAPI, Request
        app = FastAPI()
        @app.post('/settings')
        async def change(request: Request, model: str, user=Depends(get_admin_user)):
            request.app.state.model = model
        """,
        id="an administrator's settings of the service",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
