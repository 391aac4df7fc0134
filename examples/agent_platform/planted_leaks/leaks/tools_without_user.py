"""A dispatcher for nobody in particular, over tools that the process has once."""

from typing import Any

from fastapi import APIRouter, HTTPException

from netra_backend.app import ToolCall
from netra_backend.requests import RequestContext
from netra_backend.tools.dispatcher import ToolDispatcher
from planted_leaks.leak import Leak, routes

router = APIRouter()


@router.post("/tools/{name}")
async def call_tool(name: str, body: ToolCall, context: RequestContext) -> dict[str, Any]:
    """Run one tool."""
    dispatcher = ToolDispatcher()
    try:
        return {"result": await dispatcher.execute_tool(name, body.arguments)}
    except KeyError:
        raise HTTPException(404, f"no tool {name!r}") from None


LEAK = Leak(
    what="The notebook tool reads out what other users wrote into it.",
    plant=routes(router),
    rule="dispatcher-without-context",
    reached='POST /tools/notebook {"arguments": {"op": "read"}}',
)
