"""Correct handlers report nothing: FastAPI, SQLAlchemy, Redis, WebSockets, many users, all sinks."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest
import redis.asyncio
from fastapi import Depends, FastAPI, HTTPException, Request, WebSocket
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.testing.clients import UserClient

log = logging.getLogger("shop")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str]
    text: Mapped[str]


def user_of(request: Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


class Shop:
    """A correct service with what real ones share: pool, cache, buffer of events, worker, presence list."""

    def __init__(self, engine: Any, cache: Any) -> None:
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)
        self.cache = cache
        self.sockets: dict[str, set[WebSocket]] = {}
        self.events: list[str] = []
        self.jobs: asyncio.Queue[str] = asyncio.Queue()
        self.worker: asyncio.Task[None] | None = None

    async def work(self) -> None:
        """Do everybody's jobs: a worker that the first user's request starts."""
        while True:
            user = await self.jobs.get()
            log.info("mailed %s", user)
            self.jobs.task_done()

    def event(self, text: str) -> None:
        """Keep an event; whoever brings the tenth writes all of them."""
        self.events.append(text)
        if len(self.events) >= 10:
            for kept in self.events:
                log.info("event %s", kept)
            self.events.clear()


def application(shop: Shop) -> FastAPI:
    app = FastAPI()

    async def session() -> AsyncIterator[AsyncSession]:
        async with shop.sessions() as opened:
            yield opened

    @app.post("/notes")
    async def write(request: Request, db: Annotated[AsyncSession, Depends(session)]) -> int:
        user = user_of(request)
        note = Note(user=user, text=(await request.body()).decode())
        db.add(note)
        await db.commit()
        await shop.cache.set(f"last:{user}", note.text, ex=60)
        await shop.cache.sadd("online", user)
        if shop.worker is None:
            shop.worker = asyncio.create_task(shop.work())
        shop.jobs.put_nowait(user)
        shop.event(f"{user} wrote")
        log.info("note of %s", user)
        return note.id

    @app.get("/notes/{number}")
    async def read(number: int, request: Request, db: Annotated[AsyncSession, Depends(session)]) -> str:
        note = await db.get(Note, number)
        if note is None or note.user != user_of(request):
            raise HTTPException(404, "no such note")
        return note.text

    @app.get("/summary")
    async def summary(request: Request, db: Annotated[AsyncSession, Depends(session)]) -> dict[str, Any]:
        user = user_of(request)
        own = list(await db.scalars(select(Note.text).where(Note.user == user)))
        count = await db.scalar(select(func.count()).select_from(Note))
        last = await shop.cache.get(f"last:{user}")
        online = len(await shop.cache.smembers("online"))
        return {"own": own, "all": count, "last": last.decode(), "online": online > 0}

    @app.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        user = websocket.headers["authorization"].removeprefix("Bearer ")
        await websocket.accept()
        shop.sockets.setdefault(user, set()).add(websocket)
        text = await websocket.receive_text()
        for each in shop.sockets[user]:
            await each.send_text(f"{user}: {text}")
        shop.sockets[user].discard(websocket)
        await websocket.close()

    return app


@asynccontextmanager
async def opened(path: Path, url: str) -> AsyncIterator[Shop]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    cache = redis.asyncio.Redis.from_url(url)
    shop = Shop(engine, cache)
    try:
        yield shop
    finally:
        if shop.worker is not None:
            shop.worker.cancel()
        await cache.delete("online")
        await cache.aclose()
        await engine.dispose()


async def live(app: FastAPI, book: CanaryBook, user: str) -> None:
    """One user's visit."""
    name, text = book.issue(user, "name").value, book.issue(user, "text").value
    with viewing(user):
        async with UserClient(app, token=name) as client:
            number = (await client.http.post("/notes", content=text)).json()
            assert (await client.raw.get(f"/notes/{number}")).json() == text
            assert (await client.raw.get("/notes/999999")).status == 404
            assert text in (await client.http.get("/summary")).json()["own"]
            async with client.websocket("/ws") as socket:
                await socket.send(text)
                assert await socket.receive() == f"{name}: {text}"


@pytest.mark.parametrize("runs", [5, pytest.param(250, marks=pytest.mark.big)])
async def test_correct_handlers_report_nothing(runs: int, tmp_path: Path, redis_url: str) -> None:
    """Four users a run: 250 runs are 1,000 visits and 5,000 calls."""
    async with opened(tmp_path / "notes.db", redis_url) as shop:
        app, book = application(shop), CanaryBook(9)
        with Watch(book) as watch:
            for run in range(runs):
                await asyncio.gather(*(live(app, book, f"u{run % 3}-{number}") for number in range(4)))
        assert [str(seen) for seen in watch.sightings] == []
        assert watch.hints != [], "the shared batch and the presence list are seen, and are no leaks"
