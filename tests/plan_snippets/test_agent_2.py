"""Plan, "Agent 2: Integration Tests"."""

import asyncio

import pytest

from cellwall import UserExecutionContext, activate, cleanup_user_context, current_context
from tests.plan_snippets.parts import Reply, agents

factory = agents("echo")


async def execute_with_context(context: UserExecutionContext) -> Reply:
    with activate(context):
        reply: Reply = await factory.create_agent("echo", context).run()
        assert current_context() is context
    await cleanup_user_context(context)
    return reply


# fmt: off
# Add isolation verification
async def test_concurrent_user_isolation():
    user1_context = UserExecutionContext.create_for_user("user-1")
    user2_context = UserExecutionContext.create_for_user("user-2")

    # Execute concurrently
    results = await asyncio.gather(
        execute_with_context(user1_context),
        execute_with_context(user2_context)
    )

    # Verify no cross-contamination
    assert results[0].user_id == "user-1"
    assert results[1].user_id == "user-2"
# fmt: on


async def test_a_shared_agent_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = factory.create_agent("echo", UserExecutionContext.create_for_user("user-1"))
    monkeypatch.setattr(type(factory), "create_agent", lambda *_: shared)
    with pytest.raises(AssertionError):
        await test_concurrent_user_isolation()
