"""Connections and rooms that the client names."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "connection-by-id-without-owner"
FOUND = [
    pytest.param(
        """
        from fastapi import FastAPI, WebSocket
        app = FastAPI()
        connections = {}
        @app.post('/send/{connection_id}')
        async def send(connection_id: str, text: str):
            await connections[connection_id].send_text(text)
        """,
        [6],
        id="connection by id: dict",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, WebSocket
        app = FastAPI()
        clients = {}
        @app.post('/send/{client_id}')
        async def send(client_id: str, text: str):
            await clients[client_id].send_text(text)
        """,
        [6],
        id="connection by id: client_id",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from app.ws import manager
        app = FastAPI()
        @app.post('/send/{connection_id}')
        async def send(connection_id: str, text: str):
            ws = manager.get_connection(connection_id)
            await ws.send_text(text)
        """,
        [6],
        id="connection by id: manager.get_connection",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from app.ws import manager
        app = FastAPI()
        @app.post('/send/{connection_id}')
        async def send(connection_id: str, text: str):
            await manager.active_connections[connection_id].send_text(text)
        """,
        [6],
        id="connection by id: manager.connections[...]",
    ),
    pytest.param(
        """
        import socketio
        sio = socketio.AsyncServer()
        @sio.event
        async def whisper(sid, data):
            await sio.emit('msg', data['text'], to=data['target_sid'])
        """,
        [5],
        id="connection by id: sio to sid from data",
    ),
    pytest.param(
        """
        import socketio
        sio = socketio.AsyncServer()
        @sio.event
        async def join(sid, data):
            await sio.enter_room(sid, data['room'])
        """,
        [5],
        id="connection by id: enter_room data",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI, WebSocket, Depends
        app = FastAPI()
        connections = {}
        @app.post('/send/{connection_id}')
        async def send(connection_id: str, text: str, user=Depends(who)):
            c = connections[connection_id]
            if c.user_id != user.id:
                raise X(404)
            await c.send_text(text)
        """,
        id="connection by id: dict",
    ),
    pytest.param(
        """
        import socketio
        sio = socketio.AsyncServer()
        @sio.event
        async def ask(sid, data):
            await sio.emit('answer', data['text'], room=sid)
        """,
        id="the room of the user",
    ),
    pytest.param(
        """
        from flask_socketio import SocketIO, join_room
        from flask_login import current_user
        socketio = SocketIO()
        @socketio.on('join')
        def join(data):
            if current_user.may_join(data['room']):
                join_room(data['room'])
        """,
        id="a handler that knows who asks",
    ),
    pytest.param(
        """
        from rest_framework import viewsets
        class FilterViewSet(viewsets.ViewSet):
            def create(self, request, pk):
                return self.get_sieve_client(request)
        """,
        id="a client that is found by the request itself",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from app.services import service
        app = FastAPI()
        @app.get('/connections/{id}')
        async def connection(id: str):
            return service.get_db_connection(id)
        """,
        id="a connection to a database",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Security
        from app.sockets import manager
        app = FastAPI()
        @app.post('/send/{connection_id}')
        async def send(connection_id: str, key=Security(known)):
            return await manager.get_connection(connection_id, key.organization_id)
        """,
        id="asked for an organization's own",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
