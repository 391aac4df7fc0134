"""The new sessions, as the first service uses them."""

import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import ContextClosedError
from netra_backend.database.models import Thread
from netra_backend.database.session_manager import RequestScopedSessionManager, create_request_session


async def test_rows_are_there_in_the_next_request():
    async with create_request_session(UserExecutionContext.create_for_user("rows-ada")) as session:
        session.add(Thread(title="ada's thread"))
        await session.commit()
    async with create_request_session(UserExecutionContext.create_for_user("rows-ada")) as session:
        assert await session.query(Thread).filter_by(title="ada's thread").count() == 1


async def test_anonymous_requests_share_nothing():
    manager = RequestScopedSessionManager()
    first = await manager.create_session(request_id="req-1")
    second = await manager.create_session(request_id="req-2")
    async with first.begin():
        first.add(Thread(title="first"))
    async with second.begin():
        second.add(Thread(title="second"))
    assert [t.title for t in await first.query(Thread).all()] == ["first"]
    assert [t.title for t in await second.query(Thread).all()] == ["second"]
    await first.close()
    await second.close()


async def test_no_session_after_the_request():
    ada = UserExecutionContext.create_for_user("rows-ada")
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError):
        async with create_request_session(ada):
            pass
