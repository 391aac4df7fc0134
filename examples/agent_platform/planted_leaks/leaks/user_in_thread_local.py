"""Who asks is kept for the thread, and all requests run on one thread."""

import asyncio
import threading
from typing import Any

from fastapi import APIRouter, Request

from netra_backend.agents.factory import agent_instance_factory
from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from netra_backend.services.conversation import keep_turn, report_run
from planted_leaks.leak import Leak, routes

router = APIRouter()
local = threading.local()


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, request: Request, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer."""
    local.user_context = context
    await asyncio.sleep(0)  # a model is asked
    reply = await agent_instance_factory.create_agent(name, local.user_context).run(body.prompt)
    thread_id = await keep_turn(context, body.prompt, reply)
    await report_run(context, name, None)
    emitter = request.app.state.pool.create_emitter(context)
    emitter.emit_event("agent_completed", {"agent": name, "text": reply.text})
    return {"user_id": reply.user_id, "text": reply.text, "thread_id": thread_id}


LEAK = Leak(
    what="Of two users who ask at the same time, the first one's agent works for the second.",
    plant=routes(router),
    rule="thread-local-in-async",
    reached="POST /agents/{name}/run, twice at the same time",
    seen="overlap",
)
