"""Handlers that keep users apart, on the libraries that services use; no schedule may make them fail."""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Header, WebSocket, WebSocketDisconnect
from redis.asyncio import BlockingConnectionPool, Redis
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall.explore import Run

sys.path.insert(0, str(Path(__file__).parents[1] / "zoo"))
from resp_server import resp_server

USERS = ("alice", "bob", "carol")
app = FastAPI()


async def current_user(authorization: str = Header()) -> str:
    """Give the user of the request."""
    await asyncio.sleep(0.001)
    return authorization


def plain_dependency(authorization: str = Header()) -> str:
    """Run in a worker thread by FastAPI, as it is no coroutine."""
    return authorization.upper()


@app.get("/notes/{number}")
async def notes(
    number: int, user: str = Depends(current_user), loud: str = Depends(plain_dependency)
) -> dict[str, str]:
    """Answer with the user's own note."""
    await asyncio.sleep(0)
    return {"note": f"{number} of {user}", "loud": loud}


@app.get("/plain/{number}")
def plain(number: int, user: str = Depends(current_user)) -> dict[str, str]:
    """The same from a worker thread."""
    return {"note": f"{number} of {user}"}


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    """Answer each message with the user's name."""
    await websocket.accept()
    user = websocket.headers["authorization"]
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            text = await websocket.receive_text()
            await asyncio.sleep(0.001)
            await websocket.send_text(f"{user}: {text}")


def scope_of(kind: str, path: str, user: str) -> dict[str, Any]:
    """Give an ASGI scope."""
    return {
        "type": kind, "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": kind,
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "subprotocols": [],
        "headers": [(b"host", b"test"), (b"authorization", user.encode())],
        "server": ("test", 80), "client": ("test", 1), "state": {},
    }  # fmt: skip


async def get(path: str, user: str) -> str:
    """Make one request through the ASGI interface and give the body."""
    body = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal body
        await asyncio.sleep(0)
        body += message.get("body", b"")

    await app(scope_of("http", path, user), receive, send)
    return body.decode()


async def fastapi(run: Run) -> None:
    """Requests to coroutine and plain endpoints."""

    async def visit(user: str) -> None:
        assert await get("/notes/7", user) == f'{{"note":"7 of {user}","loud":"{user.upper()}"}}'
        assert await get("/plain/8", user) == f'{{"note":"8 of {user}"}}'

    await everybody(run, visit)


async def websocket(run: Run) -> None:
    """A connection each, with a few messages."""

    async def visit(user: str) -> None:
        there: asyncio.Queue[Any] = asyncio.Queue()
        back: asyncio.Queue[Any] = asyncio.Queue()
        task = asyncio.create_task(app(scope_of("websocket", "/echo", user), there.get, back.put))
        try:
            there.put_nowait({"type": "websocket.connect"})
            assert (await back.get())["type"] == "websocket.accept"
            for number in range(3):
                there.put_nowait({"type": "websocket.receive", "text": f"hello {number}"})
                assert (await back.get())["text"] == f"{user}: hello {number}"
        finally:
            there.put_nowait({"type": "websocket.disconnect", "code": 1000})
            await task

    await everybody(run, visit)


class Base(DeclarativeBase):
    """The tables."""


class Note(Base):
    """A note with its owner."""

    __tablename__ = "note"
    number: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    text: Mapped[str]


async def sqlalchemy(run: Run) -> None:
    """A session each on one engine with a pool of connections to a file."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/notes.db", pool_size=2)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(
                insert(Note), [{"owner": user, "text": f"note of {user}"} for user in (*USERS, *USERS)]
            )
        sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine)

        async def visit(user: str) -> None:
            async with sessions() as session:
                found = (await session.scalars(select(Note).where(Note.owner == user))).all()
                assert {note.text for note in found} == {f"note of {user}"}
                await asyncio.sleep(0)
                assert {note.owner for note in found} == {user}

        await everybody(run, visit)
        await engine.dispose()


async def redis(run: Run) -> None:
    """One client with a pool smaller than the number of users."""
    async with resp_server() as port:
        pool = BlockingConnectionPool(host="127.0.0.1", port=port, max_connections=2)
        client = Redis(connection_pool=pool)

        async def visit(user: str) -> None:
            await client.set(f"session:{user}", user)
            assert await client.get(f"session:{user}") == user.encode()

        await everybody(run, visit)
        await pool.disconnect()


async def everybody(run: Run, visit: Callable[[str], Awaitable[None]]) -> None:
    """Have every user visit at once."""
    run.begin()
    for user in USERS:
        run.handler(user, visit(user))  # type: ignore[arg-type]
    await run.all()
    run.end()


SCENARIOS = {"fastapi": fastapi, "websocket": websocket, "sqlalchemy": sqlalchemy, "redis": redis}
