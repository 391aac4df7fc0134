"""The manager: makes a session for each request and knows where its rows are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.database.embedded import EmbeddedStores
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.identity import check_id, fresh_id


@final
class RequestScopedSessionManager:
    """Makes sessions, each for one request of one owner.

    Rows live in `directory`, one SQLite file per user; without it, in a temporary folder that
    ends with the process.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._stores = EmbeddedStores(directory)

    async def create_session(
        self, request_id: str | None = None, context: UserExecutionContext | None = None
    ) -> RequestSession:
        """Make the session of one request; close it, or let the context's clean-up do so.

        Without a context the request is the owner: it sees what it wrote and nothing else, and its
        rows are gone when the session closes.

        Raises:
            InvalidIdError: the request id is empty or a placeholder.
            ContextClosedError: the request has ended.
        """
        if context is not None:
            context.require_open()
        request_id = _request_id(request_id, context)
        owner = Owner.of(context)
        store = self._stores.of(owner)
        session = RequestSession(store.engine, owner, request_id)
        store.tables.watch(session.sync_session)
        if owner.anonymous:
            session.on_close(lambda: self._stores.discard(owner))
        if context is not None:
            session.on_close(context.on_cleanup(session.close))
        return session

    @asynccontextmanager
    async def session(self, context: UserExecutionContext | None = None) -> AsyncIterator[RequestSession]:
        """Open the session of one request for a block; what is not committed in it is rolled back."""
        session = await self.create_session(context=context)
        try:
            yield session
        finally:
            await session.close()


def _request_id(given: str | None, context: UserExecutionContext | None) -> str:
    if given is not None:
        return check_id("request_id", given)
    return fresh_id() if context is None else context.request_id


@cache
def _default() -> RequestScopedSessionManager:
    return RequestScopedSessionManager()


@asynccontextmanager
async def create_request_session(
    context: UserExecutionContext | None = None,
) -> AsyncIterator[RequestSession]:
    """Open the session of one request with the default manager, whose rows end with the process.

    Without a context the request is the owner: it sees what it wrote and nothing else.

    Raises:
        ContextClosedError: the request has ended.

    Example:
        async with create_request_session(context) as session:
            session.add(Item(name="mine"))
            await session.commit()
    """
    async with _default().session(context) as session:
        yield session
