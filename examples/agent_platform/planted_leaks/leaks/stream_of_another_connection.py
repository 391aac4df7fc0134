"""What was sent is kept by connection id, for clients that come back, and given to whoever names the id."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from auth_service.tokens import BadToken, user_of
from netra_backend.websocket.endpoint import accepted
from planted_leaks.leak import Leak, routes

router = APIRouter()
streams: dict[str, list[Mapping[str, Any]]] = {}


class RememberingWire:
    """Sends events over a WebSocket, and keeps them for a client that comes back."""

    def __init__(self, websocket: WebSocket, connection_id: str) -> None:
        self._websocket = websocket
        self._sent = streams.setdefault(connection_id, [])

    async def send(self, event: Mapping[str, Any]) -> None:
        """Send and keep one event."""
        self._sent.append(event)
        await self._websocket.send_json(event)

    async def close(self) -> None:
        """Leave the closing to the endpoint."""


@router.websocket("/ws")
async def events(websocket: WebSocket, connection_id: str, token: str = "") -> None:
    """Send what this connection has missed, then what is new."""
    pool = websocket.app.state.pool
    try:
        user_id = user_of(await accepted(websocket, token))
    except BadToken:
        await websocket.close(code=4401)
        return
    missed = list(streams.get(connection_id, []))
    connection = await pool.register_connection(user_id, connection_id, RememberingWire(websocket, connection_id))
    try:
        await websocket.send_json({"event": "welcome", "data": {"connection_id": connection_id}})
        for event in missed:
            await websocket.send_json(event)
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        await pool.release(connection)


LEAK = Leak(
    what="Whoever opens a WebSocket under another user's connection id is told that user's events.",
    plant=routes(router),
    rule="session-id-without-owner",
    reached="WebSocket /ws?connection_id=",
)
