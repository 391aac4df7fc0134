"""What tells of one user, sent to all."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "emit-to-everybody"
MANAGER = """
        from fastapi import FastAPI, WebSocket
        app = FastAPI()
        class Lines:
            def __init__(self):
                self.active = []
            async def broadcast(self, message):
                for line in self.active:
                    await line.send_text(message)
        lines = Lines()
        """
FOUND = [
    pytest.param(
        """
        from flask_socketio import emit
        def f(user):
            emit("x", user.email, broadcast=True)
        """,
        [3],
        id="flask",
    ),
    pytest.param(
        MANAGER
        + """
        @app.post("/balance")
        async def balance(user_id: str):
            await lines.broadcast(f"{user_id} asked")
        """,
        [13],
        id="a manager of the module",
    ),
    pytest.param(
        MANAGER
        + """
        @app.websocket("/talk")
        async def talk(websocket: WebSocket, client_id: int):
            text = await websocket.receive_text()
            await lines.broadcast(f"{client_id}: {text}")
        """,
        [14],
        id="what one client says",
    ),
    pytest.param(
        MANAGER.replace("broadcast", "tell_them")
        + """
        @app.post("/balance")
        async def balance(user_id: str):
            await lines.tell_them(message=f"{user_id} asked")
        """,
        [13],
        id="a method of any name",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from app.ws import get_connection_manager, ws_hub
        app = FastAPI()
        @app.post("/a")
        async def a(user_id: str):
            await get_connection_manager().broadcast(user_id)
        @app.post("/b")
        async def b(user_id: str):
            await ws_hub.send_to_all({"user": user_id})
        @app.post("/c")
        async def c(request, user_id: str):
            await request.app.state.socket_manager.broadcast_json({"user": user_id})
        @app.post("/d")
        async def d(user_id: str, connections=Depends(manager)):
            await connections.broadcast(user_id)
        """,
        [6, 9, 12, 15],
        id="managers of other files",
    ),
    pytest.param(
        """
        import asyncio
        clients = set()
        async def tell(text):
            await asyncio.gather(*[client.send_json(text) for client in clients])
        async def pay(user):
            await tell(user.email)
        """,
        [6],
        id="a function that gathers",
    ),
    pytest.param(
        """
        clients = {}
        async def joined(websocket, username):
            for name, client in clients.items():
                if client is not websocket:
                    await client.send_text(f"{username} is there")
        """,
        [5],
        id="all but one are others",
    ),
    pytest.param(
        """
        import websockets
        CONNECTIONS = set()
        async def tell(user):
            websockets.broadcast(CONNECTIONS, user.email)
        """,
        [4],
        id="the library's own",
    ),
]
SILENT = [
    pytest.param(
        """
        import socketio
        sio = socketio.AsyncServer()
        @sio.event
        async def f(sid, user):
            await sio.emit("x", user.email, room=sid)
        """,
        id="to a room",
    ),
    pytest.param(
        """
        class M:
            async def f(self, user):
                for connection in self.connections:
                    if connection.user == user:
                        await connection.send_json(user.email)
        """,
        id="chosen among them",
    ),
    pytest.param(
        """
        class M:
            async def f(self, text):
                for connection in self.connections:
                    await connection.send_text(text)
        """,
        id="an announcement",
    ),
    pytest.param(
        MANAGER
        + """
        @app.post("/news")
        async def news(user_id: str):
            await lines.broadcast("somebody asked")
        """,
        id="a manager's announcement",
    ),
    pytest.param(
        MANAGER
        + """
        @app.post("/news")
        async def news(text: str):
            await lines.broadcast(text)
        """,
        id="what a request brings may be meant for all",
    ),
    pytest.param(
        """
        from app.ws import manager
        async def pay(user_id, room):
            await manager.broadcast(room, user_id)
            await manager.broadcast(user_id, room=room)
            await room.broadcast(user_id)
            await manager.send_personal_message(user_id)
        """,
        id="a room is chosen",
    ),
    pytest.param(
        """
        class Hub:
            async def typing(self, conversation_id, user):
                connections = list(self.connections[conversation_id])
                for connection in connections:
                    await connection.send_text(user.email)
        """,
        id="those of one conversation",
    ),
    pytest.param(
        """
        class Room:
            async def typing(self, user):
                for connection in self.connections:
                    await connection.send_text(user.email)
        """,
        id="those of one room",
    ),
    pytest.param(
        """
        import numpy as np
        from app.cluster import comm
        def spread(token, user):
            comm.broadcast(token)
            return np.broadcast(user)
        """,
        id="something else of that name",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
