"""Assertions over every layer of a request, synchronous as the plan calls them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cellwall import (
    RequestScopedSessionManager,
    ToolDispatcherFactory,
    ToolFactory,
    UserExecutionContext,
    WebSocketConnectionPool,
)
from tests.plan_snippets.parts import agents, tools
from tests.stress.controls import Walled
from tests.stress.models import Note
from tests.stress.run import fresh_seed, stress
from tests.stress.service import Service


def rival() -> UserExecutionContext:
    """Give the context of somebody else."""
    return UserExecutionContext.create_for_user("rival-user")


def assert_agent_isolation(user_context: UserExecutionContext, factory: Any = None) -> None:
    """Assert that agents of two users are two, and that neither remembers the other's work."""
    factory = factory or agents("echo")
    mine, other = factory.create_agent("echo", user_context), factory.create_agent("echo", rival())
    asyncio.run(other.run())
    asyncio.run(mine.run())
    assert mine is not other
    assert set(mine.memory) == {user_context.user_id}, mine.memory


def assert_websocket_isolation(
    user_context: UserExecutionContext, pool: WebSocketConnectionPool | None = None
) -> None:
    """Assert that an event of one user reaches that user's connection and not another's."""

    async def received() -> tuple[list[Any], list[Any]]:
        connections = pool or WebSocketConnectionPool()
        mine = await connections.register_connection(user_context.user_id, "connection-1")
        other = await connections.register_connection("rival-user", "connection-2")
        connections.create_emitter(user_context).emit_event("secret", {"of": user_context.user_id})
        events = mine.received_events, other.received_events
        await connections.close()
        return events

    mine, other = asyncio.run(received())
    assert len(mine) == 1
    assert other == []


def assert_database_isolation(user_context: UserExecutionContext, manager: Any = None) -> None:
    """Assert that a row of one user is there for that user and for nobody else."""

    async def seen() -> tuple[int, int]:
        async with _or_temporary(manager) as sessions:
            async with sessions.session(user_context) as session:
                session.add(Note(user_id=user_context.user_id, text="secret"))
                await session.commit()
                mine = await session.query(Note).count()
            async with sessions.session(rival()) as session:
                return mine, await session.query(Note).count()

    assert asyncio.run(seen()) == (1, 0)


def assert_tool_isolation(user_context: UserExecutionContext, factory: ToolFactory | None = None) -> None:
    """Assert that dispatchers of two users have neither tools nor a history in common."""
    kit = factory or tools()
    mine = ToolDispatcherFactory.create_for_user(user_context, tools=kit)
    other = ToolDispatcherFactory.create_for_user(rival(), tools=kit)
    asyncio.run(mine.execute_tool("calculator", {"op": "add"}))
    asyncio.run(other.execute_tool("calculator", {"op": "add"}))
    assert [entry.request_id for entry in mine._execution_history] == [user_context.request_id]
    (used,), (others,) = mine._tools["calculator"][:1], other._tools["calculator"][:1]
    assert used is not others


def run_concurrent_isolation_test(
    users: int, requests_per_user: int, service: type[Service] = Walled
) -> None:
    """Let so many users work at once, a tenth of it cancelled, and assert that nothing leaks or stays."""
    with TemporaryDirectory() as folder:
        run = stress(service(Path(folder)), users=users, requests=requests_per_user, seed=fresh_seed())  # type: ignore[arg-type,call-arg]
        report = asyncio.run(run)
    assert (report.ledger.leaks, report.errors, report.survivors) == ({}, {}, {}), str(report)
    assert report.done + report.cancelled == users * requests_per_user


@asynccontextmanager
async def _or_temporary(manager: Any) -> AsyncIterator[Any]:
    if manager is not None:
        yield manager
        return
    with _folder() as folder:
        sessions = RequestScopedSessionManager(folder)
        yield sessions
        await sessions.close()


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)
