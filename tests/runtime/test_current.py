"""The current context follows the task that works for it, and no other."""

import asyncio
from typing import Any

import pytest

from cellwall import UserExecutionContext, activate, cleanup_user_context, current_context
from cellwall.runtime.errors import ContextClosedError


def test_none_outside_of_a_request() -> None:
    assert current_context() is None


def test_nested_and_given_back(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    with activate(ada):
        with activate(bob) as inner:
            assert current_context() is inner is bob
        assert current_context() is ada
    assert current_context() is None


def test_given_back_after_an_error(ada: UserExecutionContext) -> None:
    with pytest.raises(ValueError, match="x"), activate(ada):
        raise ValueError("x")
    assert current_context() is None


async def test_tasks_keep_apart() -> None:
    async def work(context: UserExecutionContext) -> bool:
        with activate(context):
            for _ in range(5):
                await asyncio.sleep(0)
                if current_context() is not context:
                    return False
        return True

    contexts = [UserExecutionContext.create_for_user(f"user-{n}") for n in range(20)]
    assert all(await asyncio.gather(*map(work, contexts)))


async def test_not_after_the_end(ada: UserExecutionContext) -> None:
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError), activate(ada):
        pass


def test_only_a_users_context(ada: UserExecutionContext) -> None:
    class Lookalike:
        user_id = "ada"

        def require_open(self) -> None:
            pass

    wrong: Any
    for wrong in (None, "ada", Lookalike()):
        with pytest.raises(TypeError, match="a user's context"):
            activate(wrong)
    assert current_context() is None


def test_entered_once(ada: UserExecutionContext) -> None:
    block = activate(ada)
    with block, pytest.raises(RuntimeError, match="once"), block:
        pass
    assert current_context() is None
