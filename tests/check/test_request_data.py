"""What of a function belongs to one request, and what of it tells of the user."""

import ast

import pytest

from cellwall.check.request_data import from_request, is_kept_apart, request_data, tells_user
from tests.check.test_request_handlers import facts


def last_value(source: str) -> tuple[bool, bool]:
    """Ask both questions of the expression that the last function of a module returns."""
    module = facts(source)
    function = module.nodes.functions()[-1]
    returned = next(node for node in ast.walk(function) if isinstance(node, ast.Return))
    assert returned.value is not None
    return from_request(module, function, returned.value), tells_user(module, function, returned.value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def f(request):\n    return request.path", (True, False)),
        ("def f(request):\n    return request.user", (True, True)),
        (
            "def f(request):\n    name = request.user.name\n    text = f'hello {name}'\n    return text",
            (True, True),
        ),
        ("def f(user_id):\n    for row in rows(user_id):\n        return row", (True, True)),
        ("async def f(token):\n    async with connect(token) as link:\n        return link", (True, True)),
        ("def f(size):\n    return size", (False, False)),
        ("def f(size):\n    user = default()\n    return user", (False, False)),
        ("def f(self):\n    return self.request.GET", (True, False)),
        (
            "from cellwall import UserExecutionContext as W\n\n\ndef f(x: W | None):\n    return x.user_id",
            (True, True),
        ),
        (
            "from cellwall.runtime.web.fastapi import UserContext\n\n\ndef f(x: UserContext):\n    return x",
            (True, True),
        ),
        ("from shop.log import UserContext\n\n\ndef f(it: UserContext):\n    return it", (False, False)),
        ("from flask import request\n\n\ndef f():\n    return request.args", (True, False)),
        ("from flask_login import current_user as me\n\n\ndef f():\n    return me.name", (True, False)),
    ],
)
def test_data_is_followed_from_parameters_and_proxies(body: str, expected: tuple[bool, bool]) -> None:
    assert last_value(body) == expected


def test_all_parameters_of_a_handler_are_the_requests_but_not_what_is_injected() -> None:
    module = facts(
        """
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/")
        async def f(question, db): ...
        """
    )
    assert request_data(module, module.nodes.functions()[0]).names == {"question"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [("kept[request.user.id]", True), ("kept['last']", False), ("kept.last", False)],
)
def test_what_is_kept_under_a_key_of_the_request_is_apart(target: str, expected: bool) -> None:
    module = facts(f"def f(request):\n    {target} = request.path\n")
    (assignment,) = module.of(ast.Assign)
    assert is_kept_apart(module, module.nodes.functions()[-1], assignment.targets[0]) is expected
