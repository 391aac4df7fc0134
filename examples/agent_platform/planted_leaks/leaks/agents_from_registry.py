"""An agent from the registry that all users share, and that remembers."""

from typing import Any

from fastapi import APIRouter, Request

from netra_backend.agents.registry import AgentRegistry
from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from netra_backend.services.conversation import keep_turn, report_run
from planted_leaks.leak import Leak, routes

router = APIRouter()


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, request: Request, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, with what it remembers."""
    agent = AgentRegistry.get_agent(name)
    remembered = agent.recall()[-2:]
    agent.remember(body.prompt)
    reply = await agent.run(body.prompt)
    thread_id = await keep_turn(context, body.prompt, reply)
    await report_run(context, name, None)
    emitter = request.app.state.pool.create_emitter(context)
    emitter.emit_event("agent_completed", {"agent": name, "text": reply.text})
    text = " | ".join([*remembered, reply.text])
    return {"user_id": context.user_id, "text": text, "thread_id": thread_id}


LEAK = Leak(
    what="An agent remembers what other users told it.",
    plant=routes(router),
    rule="global-registry-access",
    reached="POST /agents/{name}/run",
)
