"""The service under stress: every part of it is Cellwall's. Controls replace one part by a shared one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from cellwall import (
    AnalyticsLog,
    RequestScopedSessionManager,
    ToolDispatcherFactory,
    ToolFactory,
    UserExecutionContext,
    WebSocketConnectionPool,
)
from cellwall.runtime.cache import UserCache
from cellwall.runtime.limits import MemoryRateLimiter, Rate, RateLimiter, require_allowed
from cellwall.runtime.tokens import TokenIssuer
from cellwall.runtime.websocket import Broker


class Frames:
    """A WebSocket's client: keeps every frame, and is now and then slow to take one."""

    def __init__(self) -> None:
        self.frames: list[str] = []

    async def send_text(self, text: str) -> None:
        """Take one frame; every third one only after others had a turn."""
        if len(self.frames) % 3 == 2:
            await asyncio.sleep(0)
        self.frames.append(text)

    async def close(self) -> None:
        """Stay readable."""


class Notebook:
    """A tool with a memory of its own."""

    def __init__(self, context: UserExecutionContext) -> None:
        self._texts: list[str] = []

    async def execute(self, arguments: Mapping[str, Any]) -> list[str]:
        """Remember a text, and give all that this notebook remembers."""
        self._texts.append(arguments["text"])
        await asyncio.sleep(0)
        return list(self._texts)


class Service:
    """One process of the service."""

    def __init__(
        self,
        manager: RequestScopedSessionManager,
        log: AnalyticsLog,
        *,
        limiter: RateLimiter | None = None,
        cache: UserCache | None = None,
        brokers: tuple[Broker | None, Broker | None] = (None, None),
    ) -> None:
        self.manager = manager
        self.log = log
        self.limiter = MemoryRateLimiter(Rate(1_000_000, seconds=1.0)) if limiter is None else limiter
        self.cache = UserCache() if cache is None else cache
        self.pool = WebSocketConnectionPool(queue_size=10_000, broker=brokers[0])
        self.far = WebSocketConnectionPool(queue_size=10_000, broker=brokers[1])  # another process's
        self.tokens = TokenIssuer(key=b"k" * 32)
        self.tools = ToolFactory()
        self.tools.registry.register("notebook", Notebook)
        self.frames: dict[str, Frames] = {}
        self.far_frames: dict[str, Frames] = {}
        self.closers: list[Callable[[], Awaitable[object]]] = []

    async def connect(self, user_id: str) -> None:
        """Open the user's WebSockets, one here and one at another process."""
        self.frames[user_id], self.far_frames[user_id] = Frames(), Frames()
        await self.pool.register_connection(user_id, f"socket of {user_id}", self.frames[user_id])
        await self.far.register_connection(user_id, f"far socket of {user_id}", self.far_frames[user_id])

    def sign_in(self, user_id: str) -> str:
        """Give the token that the user's requests carry."""
        return self.tokens.generate_token(user_id=user_id)

    def context(self, token: str, number: int) -> UserExecutionContext:
        """Make the context of the request that carries `token`; every other one names its WebSocket."""
        user_id = self.tokens.decode_token(token)["user_id"]
        socket = f"socket of {user_id}" if number % 2 else None
        return UserExecutionContext.create_for_user(user_id, websocket_connection_id=socket)

    async def limit(self, context: UserExecutionContext) -> None:
        """Count the request."""
        await require_allowed(self.limiter, context.user_id)

    @asynccontextmanager
    async def session(self, context: UserExecutionContext) -> AsyncIterator[Any]:
        """Open the request's database session."""
        session = await self.manager.create_session(context=context)
        yield session  # closed by the clean-up of the context

    def emit(self, context: UserExecutionContext, text: str) -> None:
        """Send an event to the request's user."""
        self.pool.create_emitter(context).emit_event("note", {"text": text})

    async def tool(self, context: UserExecutionContext, text: str) -> list[str]:
        """Run a tool twice and give what it remembers."""
        dispatcher = ToolDispatcherFactory.create_for_user(context, tools=self.tools)
        await dispatcher.execute_tool("notebook", {"text": text})
        remembered: list[str] = await dispatcher.execute_tool("notebook", {"text": text})
        return [*remembered, *(str(dict(entry.arguments)) for entry in dispatcher._execution_history)]

    def track(self, context: UserExecutionContext, text: str) -> None:
        """Track an event."""
        self.log.track_event("note", user_context=context, text=text)

    def tracked(self, context: UserExecutionContext) -> list[str]:
        """Give the user's newest events."""
        return [event.properties_text for event in self.log.query_events(user_context=context, limit=5)]

    async def cached(self, context: UserExecutionContext, text: str) -> list[Any]:
        """Store under a key that all users use, and give what was and what is there."""
        before = await self.cache.get(context, "newest")
        await self.cache.set(context, "newest", text)
        return [before, await self.cache.get(context, "newest")]

    async def close(self) -> None:
        """Close everything that the process opened."""
        await self.pool.close()
        await self.far.close()
        await self.manager.close()
        await asyncio.to_thread(self.log.close)
        while self.closers:
            await self.closers.pop()()
