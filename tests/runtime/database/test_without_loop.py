"""Calls that meet no event loop, also where no thread can be started."""

import asyncio
import threading

import pytest

from cellwall.runtime.database.without_loop import without_loop


def has_loop() -> bool:
    """Tell whether this thread knows an event loop."""
    try:
        asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        return False
    return True


async def test_the_call_meets_no_loop_and_has_ended() -> None:
    met: list[bool] = []
    without_loop(lambda: met.append(has_loop()))
    assert met == [False]


def test_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.close()
    met: list[bool] = []
    without_loop(lambda: met.append(has_loop()))
    assert met == [False]
