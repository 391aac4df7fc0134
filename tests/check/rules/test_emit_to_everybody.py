"""What tells of one user, sent to all."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "emit-to-everybody"
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
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
