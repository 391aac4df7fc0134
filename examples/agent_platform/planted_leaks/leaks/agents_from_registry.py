"""An agent from the registry that all users share, and that remembers."""

from typing import Any

from fastapi import APIRouter

from netra_backend.agents.registry import AgentRegistry
from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, with what it remembers."""
    agent = AgentRegistry.get_agent(name)
    remembered = agent.recall()[-2:]
    agent.remember(body.prompt)
    reply = await agent.run(body.prompt)
    return {"user_id": context.user_id, "text": " | ".join([*remembered, reply.text]), "thread_id": 0}


LEAK = Leak(
    what="An agent remembers what other users told it.",
    plant=routes(router),
    rule="global-registry-access",
    reached="POST /agents/{name}/run",
)
