"""A connection goes back to its pool while the answer to a request that was given up is still under way."""

import asyncio
from typing import Any

from fastapi import APIRouter, HTTPException

from netra_backend.app import ToolCall
from netra_backend.app import call_tool as good_call
from netra_backend.requests import RequestContext
from netra_backend.tools.model import Line
from planted_leaks.leak import Leak, routes

router = APIRouter()


class Lines:
    """Lends connections."""

    def __init__(self) -> None:
        self._free: list[Line] = []

    async def acquire(self) -> Line:
        """Give a connection that nobody uses."""
        return self._free.pop() if self._free else Line()

    async def release(self, line: Line) -> None:
        """Take a connection back."""
        self._free.append(line)


lines = Lines()


async def ask(question: str) -> str:
    """Ask the model over one of the connections."""
    connection = await lines.acquire()
    try:
        await connection.send(question)
        return await connection.read()
    finally:
        await lines.release(connection)


@router.post("/tools/{name}")
async def call_tool(name: str, body: dict[str, Any], user_context: RequestContext) -> dict[str, Any]:
    """Ask the model, no longer than the user is patient; other tools are as ever."""
    if name != "model":
        return await good_call(name, ToolCall(arguments=body.get("arguments", {})), user_context)
    try:
        async with asyncio.timeout(float(body.get("patience", 5.0))):
            return {"result": await ask(str(body.get("arguments", {}).get("question", "")))}
    except TimeoutError:
        raise HTTPException(504, "no answer in time") from None


LEAK = Leak(
    what="After a request that was given up, the next user reads the answer that was meant for it.",
    plant=routes(router),
    rule="connection-reused-after-cancel",
    reached='POST /tools/model {"patience": 0.001}, then POST /tools/model by another user',
)
