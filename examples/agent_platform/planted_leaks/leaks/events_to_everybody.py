"""One manager for the whole process tells every socket of every run."""

from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from auth_service.tokens import BadToken, user_of
from netra_backend.agents.factory import agent_instance_factory
from netra_backend.app import NamedPrompt, Prompt
from netra_backend.requests import RequestContext
from netra_backend.services.conversation import keep_turn, report_run
from netra_backend.websocket.endpoint import accepted
from netra_backend.websocket.manager import WebSocketManager
from planted_leaks.leak import Leak, routes

router = APIRouter()


class Wire:
    """Sends events over a WebSocket."""

    def __init__(self, websocket: WebSocket) -> None:
        self.send = websocket.send_json


manager = WebSocketManager()


@router.websocket("/ws")
async def events(websocket: WebSocket, connection_id: str, token: str = "") -> None:
    """Keep the client with all others."""
    try:
        user_id = user_of(await accepted(websocket, token))
    except BadToken:
        await websocket.close(code=4401)
        return
    await manager.register_connection(user_id, connection_id, Wire(websocket))
    try:
        await manager.send_to_user(user_id, {"event": "welcome", "data": {"connection_id": connection_id}})
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        await manager.disconnect(user_id, connection_id)


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer."""
    reply = await agent_instance_factory.create_agent(name, context).run(body.prompt)
    thread_id = await keep_turn(context, body.prompt, reply)
    await report_run(context, name, None)
    await manager.broadcast({"event": "agent_completed", "data": {"agent": name, "text": reply.text}})
    return {"user_id": reply.user_id, "text": reply.text, "thread_id": thread_id}


@router.post("/agents/{name}/stream")
async def stream_agent(name: str, body: NamedPrompt, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, and tell from beginning to end."""
    about = {"agent": name, "run_id": body.run_id}
    await manager.broadcast({"event": "agent_started", "data": about | {"prompt": body.prompt}})
    reply = await agent_instance_factory.create_agent(name, context).run(body.prompt)
    thread_id = await keep_turn(context, body.prompt, reply)
    await manager.broadcast({"event": "agent_completed", "data": about | {"text": reply.text}})
    return {"user_id": reply.user_id, "text": reply.text, "thread_id": thread_id, "run_id": body.run_id}


LEAK = Leak(
    what="Every open page sees what every user's agents answer.",
    plant=routes(router),
    rule="singleton-websocket-manager",
    reached="WebSocket /ws while another user does POST /agents/{name}/run",
    seen="overlap",
)
