"""Whether a request can reach a function: yes, no, or unknown."""

import pytest

from cellwall.check.request_reach import Reach, request_reach
from tests.check.test_request_handlers import facts

SOURCE = """
    from fastapi import FastAPI
    app = FastAPI()
    @app.get("/")
    async def handler():
        called()
        def inner(): ...
    def called():
        deeper()
    def deeper(): ...
    def elsewhere(): ...
    def create_app(): ...
    class Service:
        def method(self): ...
"""


@pytest.mark.parametrize(
    ("name", "reach"),
    [
        ("handler", Reach.YES),
        ("inner", Reach.YES),
        ("called", Reach.YES),
        ("deeper", Reach.YES),
        ("elsewhere", Reach.UNKNOWN),
        ("method", Reach.UNKNOWN),
        ("create_app", Reach.NO),
    ],
)
def test_calls_are_followed_from_the_handlers(name: str, reach: Reach) -> None:
    module = facts(SOURCE)
    function = next(f for f in module.nodes.functions() if f.name == name)
    assert request_reach(module, function) is reach


@pytest.mark.parametrize(
    "path",
    ["app/migrations/0001.py", "app/management/commands/fill.py", "docs/conf.py", "app/tests/helpers.py"],
)
def test_what_does_not_run_in_a_service_is_not_reached(path: str) -> None:
    module = facts(SOURCE, path)
    assert {request_reach(module, f) for f in module.nodes.functions()} == {Reach.NO}
