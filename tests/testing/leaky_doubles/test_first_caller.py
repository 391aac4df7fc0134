"""An ASGI application that takes every request for one of the first caller."""

from typing import Any

import pytest

from cellwall.testing.leaky_doubles.calls import Call
from cellwall.testing.leaky_doubles.first_caller import FirstCaller
from cellwall.testing.leaky_doubles.memory import Memory


def scope(*headers: tuple[bytes, bytes], query: bytes = b"", kind: str = "http") -> dict[str, Any]:
    """Give the scope of one request."""
    return {"type": kind, "headers": list(headers), "query_string": query, "path": "/"}


def seen(memory: Memory, asked: dict[str, Any]) -> dict[str, Any]:
    """Give the scope that the application is given."""
    [call] = FirstCaller().calls(Call("app", "__call__", (asked, "receive", "send"), {}), memory)
    assert call.args[1:] == ("receive", "send")
    given: dict[str, Any] = call.args[0]
    return given


ADA, BOB = (b"Authorization", b"Bearer ada"), (b"authorization", b"Bearer bob")
PLAIN = (b"accept", b"text/html")


def test_the_first_callers_credentials_replace_all_others() -> None:
    memory, first = Memory(), scope(ADA, PLAIN)
    assert seen(memory, first) is first
    assert seen(memory, scope(PLAIN, BOB))["headers"] == [PLAIN, ADA]
    assert seen(memory, scope(PLAIN))["headers"] == [PLAIN, ADA], "nobody is the first caller too"
    memory.forget()
    assert seen(memory, scope(BOB))["headers"] == [BOB]


@pytest.mark.parametrize("name", [b"cookie", b"X-User-Id", b"x-api-key", b"x-auth-token"])
def test_what_else_tells_a_caller(name: bytes) -> None:
    memory = Memory()
    seen(memory, scope((name, b"ada")))
    assert seen(memory, scope((name, b"bob")))["headers"] == [(name, b"ada")]


def test_a_socket_may_be_told_by_its_address() -> None:
    memory = Memory()
    seen(memory, scope(query=b"token=ada&room=1", kind="websocket"))
    found = seen(memory, scope(query=b"token=bob&room=2", kind="websocket"))
    assert found["query_string"] == b"token=ada&room=2"


def test_requests_without_callers_are_left_alone() -> None:
    memory = Memory()
    for asked in (scope(PLAIN), {"type": "lifespan"}, scope(ADA, kind="lifespan")):
        assert seen(memory, asked) is asked
    assert FirstCaller().calls(Call("app", "f", (), {}), memory) == [Call("app", "f", (), {})]
