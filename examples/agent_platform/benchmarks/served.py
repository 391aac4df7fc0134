"""Two back ends for the load: the platform's own, and the same without isolation, as it would be written plainly.

Without isolation there are plain engines and sessions with hand-written owner columns, agents made by hand, sockets
in a dictionary, events in lists, and nothing that begins or ends a request. Sign-in, limits, routes, agents and rows
are the same, and so is where rows lie: one SQLite file for each user, the last 64 of them open. One file for all
would be slower still, since its writers wait for each other; that is not what is asked here.
"""

import hashlib
import os
import shutil
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import create_engine, event, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from cellwall import RequestScopedSessionManager
from cellwall.runtime.database import EmbeddedStorage, use_database
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from netra_backend import app as backend_app
from netra_backend import limits, requests
from netra_backend.agents.registry import AgentRegistry
from netra_backend.app import create_app
from netra_backend.database.models import Base
from netra_backend.database.shared import SharedQuery, SharedSession
from netra_backend.services import conversation
from netra_backend.websocket.manager import WebSocketManager
from servers.keys import use_keys

OPEN = 64
UNLIMITED = Rate(100_000_000)


def isolated() -> FastAPI:
    """Make the platform's own back end."""
    folder = prepared()
    storage = EmbeddedStorage(folder / "users", metadata=Base.metadata)
    use_database(RequestScopedSessionManager(storage=storage))
    app = create_app()
    if leaks := os.environ.get("PLATFORM_LEAKS", ""):  # to see that the load would notice
        from planted_leaks.planting import plant

        plant(app, leaks)
    return app


@dataclass(frozen=True)
class PlainContext:
    """Who asks, and nothing else."""

    user_id: str
    websocket_connection_id: str | None = None

    @classmethod
    def create_for_user(cls, user_id: str, websocket_connection_id: str | None = None) -> "PlainContext":
        """Make one."""
        return cls(user_id, websocket_connection_id)


async def nothing_to_end(context: PlainContext) -> None:
    """End nothing."""


class PlainSession(SharedSession):
    """A session on a plain engine, which adds the owner's column as a careful author would."""

    user_id: str

    def query(self, model: type[Any]) -> SharedQuery:
        """Start a query over the user's rows of `model`."""
        return SharedQuery(self, select(model).where(model.user_id == self.user_id))

    def add(self, instance: Any, **options: Any) -> None:
        """Add a row of the user."""
        instance.user_id = self.user_id
        super().add(instance, **options)


class PlainAgents:
    """Makes agents."""

    @staticmethod
    def create_agent(name: str, context: Any) -> Any:
        """Make an agent of this name."""
        return AgentRegistry._classes[name](context)


def plain() -> FastAPI:
    """Make the same back end without isolation."""
    databases = Databases(prepared())
    events: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)

    @asynccontextmanager
    async def session(context: PlainContext) -> AsyncIterator[PlainSession]:
        engine = await databases.of(context.user_id)
        async with PlainSession(engine, expire_on_commit=False) as opened:
            opened.user_id = context.user_id
            yield opened

    def kept(name: str, /, *, user_context: PlainContext, **properties: Any) -> None:
        events[user_context.user_id].append((name, properties))

    conversation.create_request_session = backend_app.create_request_session = session
    requests.UserExecutionContext, requests.cleanup_user_context = PlainContext, nothing_to_end
    conversation.agent_instance_factory = PlainAgents
    conversation.track_event = kept
    manager = WebSocketManager()  # cellwall: allow[singleton-websocket-manager] what isolation is measured against
    return create_app(manager)


def prepared() -> Path:
    """Take keys and limits up, and give the folder for rows."""
    use_keys("netra_backend", Path(os.environ["LOAD_KEYS"]))
    limits.use_limiter(MemoryRateLimiter(UNLIMITED))
    return Path(os.environ["LOAD_DATA"])


class Databases:
    """Plain engines, one for each user's file; of the files that nobody uses the last 64 stay open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engines: OrderedDict[str, AsyncEngine] = OrderedDict()
        self._template = folder / "template.sqlite3"
        setup = create_engine(f"sqlite:///{self._template}")
        with setup.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        Base.metadata.create_all(setup)
        setup.dispose()

    async def of(self, user_id: str) -> AsyncEngine:
        """Give the engine of a user's file, which is made where there is none."""
        if user_id not in self._engines:
            file = self._folder / f"{hashlib.sha256(user_id.encode()).hexdigest()}.sqlite3"
            if not file.exists():
                shutil.copyfile(self._template, file)
            self._engines[user_id] = opened(file)
            if len(self._engines) > OPEN:
                await self._engines.popitem(last=False)[1].dispose()
        self._engines.move_to_end(user_id)
        return self._engines[user_id]


def opened(file: Path) -> AsyncEngine:
    """Make an engine with the settings that a service needs."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", pool_size=8)

    @event.listens_for(engine.sync_engine, "connect")
    def settings(connection: Any, _: Any) -> None:
        for pragma in ("synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
