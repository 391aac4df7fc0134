"""The last prompts are kept in a list of the module, and every answer is made of them."""

from typing import Any

from fastapi import APIRouter, Request

from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from netra_backend.services.conversation import hold_turn
from planted_leaks.leak import Leak, routes

router = APIRouter()
recent: list[str] = []


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, request: Request, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, with what was said before."""
    recent.append(body.prompt)
    thread_id, reply = await hold_turn(context, request.app.state.pool, name, body.prompt)
    text = " | ".join([*recent[-3:-1], reply.text])
    return {"user_id": reply.user_id, "text": text, "thread_id": thread_id}


LEAK = Leak(
    what="An agent's answer holds what other users asked before.",
    plant=routes(router),
    rule="request-data-in-module-state",
    reached="POST /agents/{name}/run",
)
