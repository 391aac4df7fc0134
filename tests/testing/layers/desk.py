"""A desk of agents, tools, sockets and rows, honest or leaky, for roles to spell."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall import (
    AgentInstanceFactory,
    RequestScopedSessionManager,
    ToolDispatcher,
    ToolDispatcherFactory,
    ToolFactory,
    UserExecutionContext,
    WebSocketConnectionPool,
)
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples
from cellwall.testing import SpelledProject


class Base(DeclarativeBase):
    """Base of the one table."""


class Line(Base):
    """One line that a user wrote; whose it is, is the wall's business."""

    __tablename__ = "desk_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Clerk:
    """An agent who remembers what it was told."""

    def __init__(self, context: UserExecutionContext) -> None:
        self.context, self.told = context, list[str]()

    async def run(self, text: str) -> list[str]:
        """Remember the text, and give all that is remembered."""
        self.told.append(text)
        return list(self.told)


class Notebook:
    """A tool that gives back what it is given."""

    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context

    async def execute(self, arguments: Mapping[str, Any]) -> str:
        """Give the line."""
        return str(arguments["line"])


agents, tools = AgentInstanceFactory(), ToolFactory()
agents.registry.register("clerk", Clerk)
tools.registry.register("notebook", Notebook)
everybody = UserExecutionContext.create_for_user("everybody")
one_clerk, one_memory = Clerk(everybody), list[str]()
managers: list[RequestScopedSessionManager] = []


def dispatcher(context: UserExecutionContext) -> ToolDispatcher:
    """Make the user's dispatcher."""
    return ToolDispatcherFactory.create_for_user(context, tools=tools)


one_dispatcher = dispatcher(everybody)


def clerk_with_one_memory(name: str, context: UserExecutionContext) -> Clerk:
    """Make a clerk of the user's own who remembers where all others do."""
    made = Clerk(context)
    made.told = one_memory
    return made


class BroadcastingPool(WebSocketConnectionPool):
    """A pool whose emitters reach everybody."""

    def create_emitter(self, context: UserExecutionContext) -> Any:
        """Give an emitter for all users that have a connection."""
        return _Everywhere(self)


class _Everywhere:
    def __init__(self, pool: WebSocketConnectionPool) -> None:
        self._pool = pool

    async def emit_event(self, name: str, data: dict[str, Any]) -> None:
        for user_id in list(self._pool._registry._by_user):
            await self._pool.send_to_user(user_id, {"event": name, "data": data})


def session(context: UserExecutionContext) -> Any:
    """Open the user's session."""
    return managers[0].session(context)


def one_session(context: UserExecutionContext) -> Any:
    """Open everybody's session."""
    return managers[0].session(everybody)


@asynccontextmanager
async def rows(folder: Path) -> AsyncIterator[None]:
    """Keep rows in the folder for the block."""
    managers.append(RequestScopedSessionManager(folder))
    try:
        yield
    finally:
        await managers.pop().close()


_FROM = "from tests.testing.layers import desk"
HONEST: Mapping[str, str] = MappingProxyType(
    {
        "agent_factory": "desk.agents.create_agent({name}, {context})",
        "dispatcher": "desk.dispatcher({context})",
        "pool": "desk.WebSocketConnectionPool()",
        "session": "desk.session({context})",
    }
)
SAMPLES = Samples(
    agent="clerk",
    agent_call="await {agent}.run({text})",
    tool="notebook",
    tool_arguments='{"line": {text}}',
    row="Line(text={text})",
    row_import=("from tests.testing.layers.desk import Line",),
    row_text="text",
)


def project(samples: Samples = SAMPLES, **leaky: str) -> SpelledProject:
    """Give the desk as a project, with some roles spelled so that they leak."""
    spelled = {name: Role(name, (_FROM,), create) for name, create in {**HONEST, **leaky}.items()}
    return SpelledProject(Roles({**DEFAULT_ROLES.by_name, **spelled}), samples)


@contextmanager
def kept_rows(folder: Path) -> Iterator[None]:
    """Keep rows in the folder for a block that is no coroutine."""
    managers.append(RequestScopedSessionManager(folder))
    try:
        yield
    finally:
        managers.pop()
