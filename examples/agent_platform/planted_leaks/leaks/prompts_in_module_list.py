"""The last prompts are kept in a list of the module, and every answer is made of them."""

from typing import Any

from fastapi import APIRouter

from netra_backend.agents.factory import agent_instance_factory
from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from planted_leaks.leak import Leak, routes

router = APIRouter()
recent: list[str] = []


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, with what was said before."""
    recent.append(body.prompt)
    reply = await agent_instance_factory.create_agent(name, context).run(body.prompt)
    return {"user_id": reply.user_id, "text": " | ".join([*recent[-3:-1], reply.text]), "thread_id": 0}


LEAK = Leak(
    what="An agent's answer holds what other users asked before.",
    plant=routes(router),
    rule="request-data-in-module-state",
    reached="POST /agents/{name}/run",
)
