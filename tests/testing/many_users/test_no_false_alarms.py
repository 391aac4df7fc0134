"""Correct services stay silent: FastAPI, SQLAlchemy, WebSockets, Redis, in a thousand runs as many users."""

import re

import pytest

from tests.testing.many_users.conftest import RunPytest

WEB = """
import asyncio

import pytest
from fastapi import FastAPI, Header, WebSocket
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool

from cellwall.testing.clients import UserClient


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    text: Mapped[str]


@pytest.fixture
async def app(tmp_path):
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/notes.db", poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    app, writing = FastAPI(), asyncio.Lock()

    @app.post("/notes")
    async def write(text: str, authorization: str = Header()):
        async with writing, AsyncSession(engine) as session:  # SQLite has one writer at a time
            session.add(Note(owner=authorization, text=text))
            await session.commit()
        return {"written": text}

    @app.get("/notes")
    async def read(authorization: str = Header()):
        async with AsyncSession(engine) as session:
            rows = await session.scalars(select(Note).where(Note.owner == authorization))
            return [row.text for row in rows]

    @app.websocket("/echo")
    async def echo(socket: WebSocket):
        await socket.accept()
        while (text := await socket.receive_text()) != "end":
            await asyncio.sleep(0)
            await socket.send_text(f"{socket.headers['authorization']} said {text}")
        await socket.close()

    yield app
    await engine.dispose()


async def test_notes(app, user_context):
    async with UserClient(app, token=user_context.session_id) as client:
        await client.http.post("/notes", params={"text": f"of {user_context.user_id}"})
        found = await client.http.get("/notes")
        assert found.json() == [f"of {user_context.user_id}"]


async def test_socket(app, user_context):
    client = UserClient(app, token=user_context.session_id)
    async with client.websocket("/echo") as socket:
        for word in ("one", "two"):
            await socket.send(f"{word} {user_context.user_id}")
            answer = await socket.receive()
            assert answer == f"Bearer {user_context.session_id} said {word} {user_context.user_id}"
        await socket.send("end")
"""
REDIS = """
import pytest
from redis.asyncio import Redis


@pytest.fixture
async def redis():
    client = Redis.from_url({url!r}, decode_responses=True)
    yield client
    await client.aclose()


@pytest.mark.parametrize("number", range({runs}))
async def test_cart(redis, user_context, number):
    key = f"cart:{{user_context.user_id}}"
    await redis.rpush(key, f"book for {{user_context.user_id}}")
    async with redis.pipeline() as pipeline:
        pipeline.lrange(key, 0, -1)
        pipeline.delete(key)
        items, _ = await pipeline.execute()
    assert items == [f"book for {{user_context.user_id}}"]
"""


def explore(run_pytest: RunPytest, schedules: int) -> None:
    """Let the web service run under so many schedules, and look for alarms."""
    found = run_pytest(WEB, "--concurrent-users", "3", "--schedules", str(schedules))
    assert found.verdicts() == {"test_notes": "passed", "test_socket": "passed"}, found.text
    runs = re.search(r"2 tests ran as 3 users in (\d+) runs", found.text)
    assert runs, found.text
    assert int(runs[1]) >= 2 * schedules


def test_a_few_runs_of_a_correct_service_are_silent(run_pytest: RunPytest) -> None:
    explore(run_pytest, 5)


@pytest.mark.big
def test_a_thousand_schedules_of_a_correct_service_are_silent(run_pytest: RunPytest) -> None:
    explore(run_pytest, 1000)


@pytest.mark.big
def test_a_thousand_runs_on_redis_are_silent(run_pytest: RunPytest, redis_url: str) -> None:
    found = run_pytest(REDIS.format(url=redis_url, runs=1000), "--concurrent-users", "10")
    assert set(found.verdicts().values()) == {"passed"}, found.text
    assert len(found.records) == 1000
