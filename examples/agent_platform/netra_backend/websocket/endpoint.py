"""The WebSocket endpoint: a client proves who it is, then gets its own events until it leaves."""

import asyncio
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from auth_service.tokens import BadToken, user_of
from cellwall.runtime.errors import ConnectionRefusedForOwnerError, StoreUnavailableError
from cellwall.runtime.websocket import Position
from netra_backend.websocket.pool import StarletteTransport

PROTOCOL = "platform.token"  # a browser gives the token as a second subprotocol, so that no log of URLs has it
RECHECK = 1.0
SIGNED_OUT = 4401

router = APIRouter()


@router.websocket("/ws")
async def events(websocket: WebSocket, connection_id: str, token: str = "", resume: str = "") -> None:
    """Send the user's events to this client; what the client sends is read and ignored.

    `resume` asks for positions: "new", or the `epoch:offset` of the last event that the client has seen.
    """
    pool = websocket.app.state.pool
    token = await accepted(websocket, token)
    try:
        user_id = user_of(token)
        transport = StarletteTransport(websocket)
        connection = await pool.register_connection(user_id, connection_id, transport, **asked(resume))
    except (BadToken, ConnectionRefusedForOwnerError, StoreUnavailableError):
        await websocket.close(code=SIGNED_OUT)
        return
    try:
        await pool.send_to_user(user_id, {"event": "welcome", "data": {"connection_id": connection_id}})
        await stay(websocket, token)
    except WebSocketDisconnect:
        pass
    finally:
        await pool.release(connection)


async def accepted(websocket: WebSocket, token: str = "") -> str:
    """Accept the connection, and give the token that it brings: as a subprotocol, else in the query."""
    offered = websocket.scope.get("subprotocols") or []
    await websocket.accept(subprotocol=PROTOCOL if offered else None)
    return str(offered[-1]) if offered[:1] == [PROTOCOL] else token


def asked(resume: str) -> dict[str, Any]:
    """Give what a client asks of positions, as arguments of the pool."""
    if not resume:
        return {}
    try:
        return {"resume": Position.from_text(resume)}
    except ValueError:
        return {"resume": True}


async def stay(websocket: WebSocket, token: str) -> None:
    """Read until the client leaves, or show it out when its token is good no more."""
    leaving = asyncio.ensure_future(until_left(websocket))
    try:
        while not (await asyncio.wait({leaving}, timeout=RECHECK))[0]:
            try:
                user_of(token)
            except (BadToken, StoreUnavailableError):
                await websocket.close(code=SIGNED_OUT)
                return
        await leaving
    finally:
        leaving.cancel()


async def until_left(websocket: WebSocket) -> None:
    """Read what the client sends."""
    while True:
        await websocket.receive_text()
