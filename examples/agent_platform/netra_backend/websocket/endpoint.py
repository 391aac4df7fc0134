"""The WebSocket endpoint: a client proves who it is, then gets its own events until it leaves."""

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from auth_service.tokens import BadToken, user_of
from cellwall.runtime.errors import ConnectionRefusedForOwnerError
from netra_backend.websocket.pool import StarletteTransport

router = APIRouter()


@router.websocket("/ws")
async def events(websocket: WebSocket, token: str, connection_id: str) -> None:
    """Send the user's events to this client; what the client sends is read and ignored."""
    pool = websocket.app.state.pool
    await websocket.accept()
    try:
        user_id = user_of(token)
        connection = await pool.register_connection(user_id, connection_id, StarletteTransport(websocket))
    except (BadToken, ConnectionRefusedForOwnerError):
        await websocket.close(code=4401)
        return
    try:
        await pool.send_to_user(user_id, {"event": "welcome", "data": {"connection_id": connection_id}})
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        await pool.release(connection)
