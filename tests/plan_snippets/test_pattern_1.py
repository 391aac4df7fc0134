"""Plan, "Pattern 1: Test Fixture with User Context"."""

import uuid

import pytest

from cellwall import UserExecutionContext, cleanup_user_context


# fmt: off
@pytest.fixture
async def user_context():
    """Create isolated user context for tests."""
    context = UserExecutionContext.create_for_user(
        user_id=f"test-user-{uuid.uuid4()}",
        session_id=f"session-{uuid.uuid4()}",
        request_id=f"request-{uuid.uuid4()}"
    )
    yield context
    # Cleanup if needed
    await cleanup_user_context(context)
# fmt: on


@pytest.fixture(scope="module")
def earlier() -> list[UserExecutionContext]:
    """The contexts of the tests that ran before: what this module is about is told apart from them."""
    return []


@pytest.mark.parametrize("number", range(2))
async def test_each_test_has_a_user_of_its_own(
    user_context: UserExecutionContext, earlier: list[UserExecutionContext], number: int
) -> None:
    assert not user_context.closed
    assert len(earlier) == number
    assert all(seen.closed for seen in earlier)
    for kind in ("user_id", "session_id", "request_id"):
        assert getattr(user_context, kind) not in {getattr(seen, kind) for seen in earlier}
    earlier.append(user_context)
