"""One turn of a conversation: an agent answers, the turn is kept, the user's client hears of it."""

import asyncio
from typing import Any

from analytics_service.tracking import track_event
from cellwall import UserExecutionContext
from netra_backend.agents.base import AgentReply
from netra_backend.agents.factory import agent_instance_factory
from netra_backend.database.session_manager import create_request_session
from netra_backend.services.threads import ThreadService


async def hold_turn(
    context: UserExecutionContext, pool: Any, agent_name: str, prompt: str, analytics: Any = None
) -> tuple[int, AgentReply]:
    """Let an agent answer, and give the id of the new thread with the reply.

    `analytics` is a client of the analytics service; without one the service is in this process.
    """
    emitter = pool.create_emitter(context)
    emitter.emit_event("agent_started", {"agent": agent_name})
    reply = await agent_instance_factory.create_agent(agent_name, context).run(prompt)
    thread_id = await keep_turn(context, prompt, reply)
    emitter.emit_event("agent_completed", {"agent": agent_name, "text": reply.text})
    await report_run(context, agent_name, analytics)
    return thread_id, reply


async def stream_turn(
    context: UserExecutionContext,
    pool: Any,
    agent_name: str,
    prompt: str,
    *,
    run_id: str,
    pause: float = 0.0,
    analytics: Any = None,
) -> tuple[int, AgentReply]:
    """Let an agent answer as `hold_turn` does, and tell each step and each word as it comes.

    Every event names the run; `pause` is how many seconds a step takes.
    """
    emitter = pool.create_emitter(context)
    about = {"agent": agent_name, "run_id": run_id}
    emitter.emit_event("agent_started", about | {"prompt": prompt})
    reply = await agent_instance_factory.create_agent(agent_name, context).run(prompt)
    for step in reply.steps:
        await asyncio.sleep(pause)
        emitter.emit_event("agent_step", about | {"step": step})
    for word in reply.text.split(" "):
        await asyncio.sleep(pause / 4)
        emitter.emit_event("agent_text", about | {"text": word})
    thread_id = await keep_turn(context, prompt, reply)
    emitter.emit_event("agent_completed", about | {"text": reply.text, "thread_id": thread_id})
    await report_run(context, agent_name, analytics)
    return thread_id, reply


async def keep_turn(context: UserExecutionContext, prompt: str, reply: AgentReply) -> int:
    """Keep question and answer in a new thread, and give its id."""
    async with create_request_session(context) as session:
        threads = ThreadService(session)
        thread = await threads.open(prompt[:120], reply.agent)
        await threads.write(thread.id, "user", prompt)
        await threads.write(thread.id, reply.agent, reply.text)
        return thread.id


async def report_run(context: UserExecutionContext, agent_name: str, analytics: Any) -> None:
    """Tell the analytics service."""
    if analytics is None:
        track_event("agent_run", user_context=context, agent=agent_name)
    else:
        await analytics.report(context, "agent_run", agent=agent_name)
