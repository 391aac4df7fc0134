import uuid

import pytest

from cellwall import UserExecutionContext, cleanup_user_context


@pytest.fixture
async def user_context():
    """The context of a user that only this test knows."""
    context = UserExecutionContext.create_for_user(f"critical-{uuid.uuid4()}")
    yield context
    await cleanup_user_context(context)
