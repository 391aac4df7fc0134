"""Plan, "ANTI-PATTERNS TO REMOVE": the wrong ways are not there to be used, the right ones work."""

import pytest

import cellwall
from cellwall import (
    AgentRegistry,
    RequestScopedSessionManager,
    ToolRegistry,
    UserExecutionContext,
    WebSocketConnectionPool,
)
from tests.plan_snippets import parts
from tests.plan_snippets.parts import Calculator, EchoAgent
from tests.stress.models import Note

agent_factory = parts.agents("my_agent")
tool_factory = parts.tools()
create_request_session = cellwall.create_request_session
user_context = UserExecutionContext.create_for_user("user-1")

# ruff: noqa: F821, F841
# fmt: off


def test_global_state_access() -> None:
    with pytest.raises(AttributeError):
        # WRONG - Never use global registries directly
        agent = AgentRegistry.get_agent("my_agent")
    with pytest.raises(AttributeError):
        tool = ToolRegistry.get_tool("calculator")

    # CORRECT - Always use factories with context
    agent = agent_factory.create_agent("my_agent", user_context)
    tool = tool_factory.create_tool("calculator", user_context)
    assert isinstance(agent, EchoAgent)
    assert isinstance(tool, Calculator)


async def test_shared_session_usage() -> None:
    # WRONG - Never share sessions
    class TestService:
        def __init__(self):
            self.session = create_session()  # Shared across requests!

    with pytest.raises(NameError, match="create_session"):
        TestService()

    # CORRECT - Create per-request sessions
    class TestService:
        async def handle_request(self, user_context):
            async with create_request_session(user_context) as session:
                # Use session only within request scope
                pass
            return session

    session = await TestService().handle_request(user_context)
    assert session.owner.id == "user-1"


def test_singleton_websocket_managers() -> None:
    with pytest.raises(NameError, match="WebSocketManager"):
        # WRONG - Never use singleton WebSocket managers
        websocket_manager = WebSocketManager()  # Global singleton!

    # CORRECT - Use connection pool with user context
    pool = WebSocketConnectionPool()
    emitter = pool.create_emitter(user_context)
    assert emitter.emit_event("ready") == 1
# fmt: on


def test_nothing_public_has_the_wrong_names() -> None:
    assert not {"WebSocketManager", "create_session", "get_agent", "get_tool"} & set(cellwall.__all__)


async def test_a_session_is_of_no_use_after_its_request(tmp_path) -> None:
    manager = RequestScopedSessionManager(tmp_path / "rows")
    async with manager.session(user_context) as session:
        assert await session.query(Note).count() == 0
    with pytest.raises(Exception, match="closed"):
        await session.query(Note).count()
    await manager.close()
