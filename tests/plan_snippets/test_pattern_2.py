"""Plan, "Pattern 2: Concurrent User Testing"."""

import asyncio

import pytest

from cellwall import UserExecutionContext
from tests.plan_snippets.parts import Reply, agents

factory = agents("echo")


async def execute_user_request(context: UserExecutionContext) -> Reply:
    reply: Reply = await factory.create_agent("echo", context).run()
    assert set(reply.memory) == {context.user_id}
    return reply


# ruff: noqa: C401
# fmt: off
async def test_concurrent_users(num_users=5):
    """Test multiple users executing simultaneously."""
    contexts = [
        UserExecutionContext.create_for_user(f"user-{i}")
        for i in range(num_users)
    ]

    tasks = [
        execute_user_request(context)
        for context in contexts
    ]

    results = await asyncio.gather(*tasks)

    # Verify each user's results are isolated
    for i, result in enumerate(results):
        assert result.user_id == f"user-{i}"
        assert result.session_id == contexts[i].session_id

    # Verify no cross-contamination
    assert len(set(r.session_id for r in results)) == num_users
# fmt: on


async def test_many_users() -> None:
    await test_concurrent_users(num_users=50)


async def test_a_shared_session_id_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def leaky(context: UserExecutionContext) -> Reply:
        return Reply(context.user_id, "one session for all", [])

    monkeypatch.setitem(globals(), "execute_user_request", leaky)
    with pytest.raises(AssertionError):
        await test_concurrent_users()
