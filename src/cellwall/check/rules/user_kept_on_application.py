"""CW208: something of one request, kept on the application, which answers everybody."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.owned_rows import is_for_administrators
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request, is_kept_apart, tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings


@final
class UserKeptOnApplication:
    """Something of one request, kept on the application, which answers everybody.

    What it does:
        Finds `app.state.x = ...`, `request.app.state.x = ...`, `app.x = ...`, `app["x"] = ...` and
        `current_app.config["X"] = ...` in a request handler, where what is written tells of the user or
        comes from the request. What is kept under a key that tells users apart is no finding, nor is
        `request.state`.

    Why it leaks:
        One application answers all requests. The next request overwrites it, or reads it, in the
        middle of this one.

    Example:
        @app.get("/me")
        async def me(request: Request):
            request.app.state.user = await load(request.headers["x-user"])

    Use instead:
            request.state.user = await load(request.headers["x-user"])

    Fix safety:
        Never repaired: whoever reads it has to be given it.
    """

    name: ClassVar[str] = "user-kept-on-application"
    code: ClassVar[str] = "CW208"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.get('/me')\n"
            "async def me(request: Request):\n    request.state.user = request.headers['x-user']\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.on_event('startup')\n"
            "async def start():\n    app.state.pool = await connect()\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.get('/me')\n"
            "async def me(user_id: str, request: Request):\n    app.state.seen[user_id] = user_id\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI, Request\n\napp = FastAPI()\n\n\n@app.get('/me')\n"
            "async def me(request: Request):\n    request.app.state.user = request.headers['x-user']\n",
            path="app/main.py",
        ),
        Example(
            "from flask import Flask, current_app, request\n\napp = Flask(__name__)\n\n\n@app.get('/me')\n"
            "def me():\n    current_app.config['USER'] = request.args['user']\n",
            path="app/main.py",
        ),
        Example(
            "from aiohttp import web\n\n\nasync def me(request: web.Request):\n"
            "    request.app['user'] = request.headers['x-user']\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the word, and the classes of which an application may go by any name."""
        named = Gate.any_of(b"app", *(name.rpartition(".")[2].encode() for name in _APPLICATIONS))
        return IN_SERVICE & named & handles_requests()

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each write."""
        if module.is_test or never_in_service(module.path):
            return
        for assignment in module.of(ast.Assign):
            target = assignment.targets[0]
            if not isinstance(target, (ast.Attribute, ast.Subscript)):
                continue
            function = module.function(assignment)
            if function is None or function not in request_handlers(module):
                continue
            if not _is_of_application(module, target.value) or is_kept_apart(module, function, target):
                continue
            if is_for_administrators(module, function):
                continue  # the service's settings
            if tells_user(module, function, assignment.value) or _is_sent(module, function, assignment.value):
                message = f"`{ast.unparse(target)}` is the application's: all requests share it"
                yield finding(self, module, target, message)


_APPLICATIONS: Final = (
    "fastapi.FastAPI",
    "starlette.applications.Starlette",
    "flask.Flask",
    "quart.Quart",
    "aiohttp.web.Application",
    "litestar.Litestar",
    "sanic.Sanic",
)
_PARTS: Final = frozenset({"state", "config", "extensions", "ctx"})


def _is_of_application(module: ModuleFacts, node: ast.expr) -> bool:
    """Tell whether an expression is the application, or what it keeps: `request.app.state`."""
    if isinstance(node, ast.Attribute) and node.attr in _PARTS:
        node = node.value
    match node:
        case ast.Attribute(value=base, attr="app"):
            return spelled(base).rpartition(".")[2] in ("request", "req", "websocket", "ws", "self")
        case ast.Name():
            known = module.matches(node, ("flask.current_app", "quart.current_app")) is not None
            return known or is_instance(module, node, _APPLICATIONS)
    return False


def _is_sent(module: ModuleFacts, function: Function, value: ast.expr) -> bool:
    """Tell whether a value was sent with the request, not made or changed by a method of something else."""
    return not isinstance(value, ast.Constant) and from_request(module, function, value)
