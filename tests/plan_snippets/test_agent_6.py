"""Plan, "Agent 6: Mission Critical Tests"."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cellwall import (
    AgentInstanceFactory,
    RequestScopedSessionManager,
    ToolFactory,
    UserExecutionContext,
    WebSocketConnectionPool,
)
from tests.plan_snippets.layers import (
    assert_agent_isolation,
    assert_database_isolation,
    assert_tool_isolation,
    assert_websocket_isolation,
    run_concurrent_isolation_test,
)
from tests.plan_snippets.parts import Calculator, EchoAgent
from tests.stress.controls import Broadcast


# fmt: off
# Mission critical must validate ALL isolation points
class TestCriticalIsolation:
    def test_complete_request_isolation(self):
        # Test all components together
        user_context = UserExecutionContext.create_for_user("critical-user")

        # Validate each layer
        assert_agent_isolation(user_context)
        assert_websocket_isolation(user_context)
        assert_database_isolation(user_context)
        assert_tool_isolation(user_context)

        # Stress test with concurrent load
        run_concurrent_isolation_test(users=10, requests_per_user=100)
# fmt: on


class TestPlantedLeaks:
    """Each assertion fails on a leak of its layer."""

    def test_a_shared_agent(self) -> None:
        context = UserExecutionContext.create_for_user("critical-user")
        shared, factory = EchoAgent(context), AgentInstanceFactory()

        def give_shared(_: UserExecutionContext) -> EchoAgent:
            return shared

        factory.registry.register("echo", give_shared)
        with pytest.raises(AssertionError):
            assert_agent_isolation(context, factory)

    def test_a_broadcasting_pool(self, monkeypatch: pytest.MonkeyPatch) -> None:
        create = WebSocketConnectionPool.create_emitter

        class Everywhere:
            def __init__(self, pool: WebSocketConnectionPool) -> None:
                self._pool = pool

            def emit_event(self, name: str, data: dict[str, Any]) -> None:
                for user_id in ("critical-user", "rival-user"):
                    context = UserExecutionContext.create_for_user(user_id)
                    create(self._pool, context).emit_event(name, data)

        monkeypatch.setattr(WebSocketConnectionPool, "create_emitter", lambda pool, _: Everywhere(pool))
        with pytest.raises(AssertionError):
            assert_websocket_isolation(UserExecutionContext.create_for_user("critical-user"))

    def test_a_shared_database(self, tmp_path: Path) -> None:
        walled = RequestScopedSessionManager(tmp_path / "rows")
        everybody = UserExecutionContext.create_for_user("everybody")

        class Shared:
            @asynccontextmanager
            async def session(self, _: UserExecutionContext) -> AsyncIterator[Any]:
                async with walled.session(everybody) as session:
                    yield session

        with pytest.raises(AssertionError):
            assert_database_isolation(UserExecutionContext.create_for_user("critical-user"), Shared())

    def test_a_shared_tool(self) -> None:
        context = UserExecutionContext.create_for_user("critical-user")
        shared, factory = Calculator(context), ToolFactory()

        def give_shared(_: UserExecutionContext) -> Calculator:
            return shared

        factory.registry.register("calculator", give_shared)
        with pytest.raises(AssertionError):
            assert_tool_isolation(context, factory)

    def test_a_broadcasting_service(self) -> None:
        with pytest.raises(AssertionError, match=r"leaks.*frames"):
            run_concurrent_isolation_test(users=3, requests_per_user=3, service=Broadcast)
