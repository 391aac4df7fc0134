"""Events that were missed are kept by connection id, and given to whoever names the id."""

from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from auth_service.tokens import BadToken, user_of
from netra_backend.agents.factory import agent_instance_factory
from netra_backend.app import Prompt
from netra_backend.requests import RequestContext
from netra_backend.websocket.endpoint import accepted
from planted_leaks.leak import Leak, routes

router = APIRouter()
streams: dict[str, list[dict[str, Any]]] = {}


@router.websocket("/ws")
async def events(websocket: WebSocket, connection_id: str, token: str = "") -> None:
    """Send what this connection has missed."""
    try:
        user_of(await accepted(websocket, token))
    except BadToken:
        await websocket.close(code=4401)
        return
    try:
        await websocket.send_json({"event": "welcome", "data": {"connection_id": connection_id}})
        for event in streams.get(connection_id, []):
            await websocket.send_json(event)
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass


@router.post("/agents/{name}/run")
async def run_agent(name: str, body: Prompt, context: RequestContext) -> dict[str, Any]:
    """Let an agent answer, and keep the event for the connection."""
    reply = await agent_instance_factory.create_agent(name, context).run(body.prompt)
    event = {"event": "agent_completed", "data": {"agent": name, "text": reply.text}}
    if context.websocket_connection_id is not None:
        streams.setdefault(context.websocket_connection_id, []).append(event)
    return {"user_id": reply.user_id, "text": reply.text, "thread_id": 0}


LEAK = Leak(
    what="Whoever opens a WebSocket under another user's connection id is told that user's events.",
    plant=routes(router),
    rule="session-id-without-owner",
    reached="WebSocket /ws?connection_id=",
)
