"""The request's context is put into a global, and read again after a wait."""

import asyncio
from typing import Any

from fastapi import APIRouter

from cellwall import UserExecutionContext
from netra_backend.agents.factory import agent_instance_factory
from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()
current: UserExecutionContext | None = None


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer."""
    global current
    current = context
    await asyncio.sleep(0)  # a model is asked
    reply = await agent_instance_factory.create_agent(name, current).run(body.prompt)
    return {"user_id": reply.user_id, "text": reply.text, "thread_id": 0}


LEAK = Leak(
    what="Of two users who ask at the same time, the first one's agent works for the second.",
    plant=routes(router),
    rule="global-set-by-request",
    reached="POST /agents/{name}/run, twice at the same time",
    seen="overlap",
)
