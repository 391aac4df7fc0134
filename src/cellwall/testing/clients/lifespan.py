"""The lifespan of an application: started before its first call, ended after its last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cellwall.testing.clients.errors import ClientError


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Run the application's start-up, give its state, and run its shutdown at the block's end.

    An application that knows no lifespan has none.

    Raises:
        ClientError: start-up or shutdown failed; the text is the application's.
    """
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    state: dict[str, Any] = {}
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
    task = asyncio.create_task(app(scope, to_app.get, answers.put))
    try:
        to_app.put_nowait({"type": "lifespan.startup"})
        known = await _answer(task, answers, "startup")
        yield state
        if known:
            to_app.put_nowait({"type": "lifespan.shutdown"})
            await _answer(task, answers, "shutdown")
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # an application without a lifespan raises what it likes


async def _answer(task: asyncio.Task[None], answers: asyncio.Queue[dict[str, Any]], phase: str) -> bool:
    waiting = asyncio.ensure_future(answers.get())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        return False
    message = waiting.result()
    if message["type"] == f"lifespan.{phase}.failed":
        raise ClientError(f"the application's {phase} failed: {message.get('message', '')}")
    return True
