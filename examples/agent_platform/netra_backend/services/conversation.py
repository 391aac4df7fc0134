"""One turn of a conversation: an agent answers, the turn is kept, the user's client hears of it."""

from typing import Any

from analytics_service.tracking import track_event
from cellwall import UserExecutionContext
from netra_backend.agents.base import AgentReply
from netra_backend.agents.factory import agent_instance_factory
from netra_backend.database.session_manager import create_request_session
from netra_backend.services.threads import ThreadService


async def hold_turn(
    context: UserExecutionContext, pool: Any, agent_name: str, prompt: str
) -> tuple[int, AgentReply]:
    """Let an agent answer, and give the id of the new thread with the reply."""
    emitter = pool.create_emitter(context)
    emitter.emit_event("agent_started", {"agent": agent_name})
    reply = await agent_instance_factory.create_agent(agent_name, context).run(prompt)
    async with create_request_session(context) as session:
        threads = ThreadService(session)
        thread = await threads.open(prompt[:120], agent_name)
        await threads.write(thread.id, "user", prompt)
        await threads.write(thread.id, agent_name, reply.text)
    emitter.emit_event("agent_completed", {"agent": agent_name, "text": reply.text})
    track_event("agent_run", user_context=context, agent=agent_name)
    return thread.id, reply
