"""What one request opened ends with it."""

import pytest

from cellwall import cleanup_user_context
from cellwall.runtime.errors import ContextClosedError
from netra_backend.agents.factory import agent_instance_factory
from netra_backend.database.models import Thread
from netra_backend.database.session_manager import create_request_session
from netra_backend.tools.factory import ToolDispatcherFactory


async def test_nothing_works_after_the_end(user_context):
    dispatcher = ToolDispatcherFactory.create_for_user(user_context)
    await cleanup_user_context(user_context)
    with pytest.raises(ContextClosedError):
        await dispatcher.execute_tool("search", {"query": "refunds"})
    with pytest.raises(ContextClosedError):
        agent_instance_factory.create_agent("triage", user_context)


async def test_rows_outlive_their_session(user_context):
    title = f"of {user_context.user_id}"
    async with create_request_session(user_context) as session:
        session.add(Thread(title=title))
        await session.commit()
    async with create_request_session(user_context) as session:
        assert await session.query(Thread).filter_by(title=title).count() == 1
