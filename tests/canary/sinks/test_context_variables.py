"""Context variables that another left behind are a hint, at the begin of work and of calls."""

import contextvars
from typing import Any

from cellwall.canary import CanaryBook, Watch, call_watched, viewing
from cellwall.canary.sinks.context_variables import ContextVariableSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value
identity: contextvars.ContextVar[Any] = contextvars.ContextVar("identity", default=None)


async def empty(scope: Any, receive: Any, send: Any) -> None: ...


async def test_what_was_left_is_told() -> None:
    def left_by(value: Any) -> list[str]:
        identity.set(value)
        with Watch(book, [ContextVariableSink()]) as watch, viewing("bob"):
            pass
        assert watch.sightings == []
        return [one.where for one in watch.hints]

    assert contextvars.copy_context().run(left_by, {"user": ALICE}) == ["identity when the user's work began"]
    assert contextvars.copy_context().run(left_by, {"user": BOB}) == []


async def test_a_call_that_finds_anothers_value_is_told() -> None:
    with Watch(book, [ContextVariableSink()]) as watch, viewing("bob"):
        token = identity.set(ALICE)
        await call_watched(empty, {"type": "http", "method": "GET", "path": "/x", "headers": []}, None, None)  # type: ignore[arg-type]
        identity.reset(token)
    assert [one.where for one in watch.hints] == ["identity when GET /x began"]
