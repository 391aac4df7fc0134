"""Exceptions that leave an application are the caller's; what a loop reports is a hint."""

import asyncio
from typing import Any

import pytest

from cellwall.canary import CanaryBook, Watch, call_watched, viewing
from cellwall.canary.sinks.exceptions import ExceptionSink

book = CanaryBook(7)
ALICE = book.issue("alice").value


async def failing(scope: Any, receive: Any, send: Any) -> None:
    try:
        raise KeyError(ALICE)
    except KeyError as error:
        raise ValueError("no such note") from error


async def test_the_cause_of_what_is_raised_is_read() -> None:
    with Watch(book, [ExceptionSink()]) as watch, viewing("bob"):
        with pytest.raises(ValueError, match="no such note"):
            await call_watched(
                failing, {"type": "http", "method": "GET", "path": "/x", "headers": []}, None, None
            )  # type: ignore[arg-type]
    assert [(one.owner, one.viewer, one.where) for one in watch.sightings] == [
        ("alice", "bob", "GET /x raised")
    ]


async def test_what_a_loop_reports_is_a_hint() -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    with Watch(book, [ExceptionSink()]) as watch, viewing("bob"):
        loop.call_exception_handler({"message": "lost", "exception": ValueError(ALICE)})
    assert (watch.sightings, [one.where for one in watch.hints]) == ([], ["handler of the event loop"])
