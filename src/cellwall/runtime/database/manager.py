"""The manager: makes a session for each request and knows where its rows are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.database.embedded import EmbeddedStorage
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.database.storage import Storage
from cellwall.runtime.errors import ContextClosedError
from cellwall.runtime.identity import check_id, fresh_id
from cellwall.runtime.system import SystemContext


@final
class RequestScopedSessionManager:
    """Makes sessions, each for one request of one owner.

    Rows live where `storage` keeps them. Without one they live in `directory`, one SQLite file per
    user; without either, in a temporary folder that ends with the process.

    Raises:
        ValueError: both were given.
    """

    def __init__(self, directory: Path | None = None, *, storage: Storage | None = None) -> None:
        if directory is not None and storage is not None:
            raise ValueError("give a storage or the directory of the embedded one, not both")
        self._storage = storage if storage is not None else EmbeddedStorage(directory)

    async def create_session(
        self, request_id: str | None = None, context: UserExecutionContext | SystemContext | None = None
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
        session = await self._storage.open(Owner.of(context), request_id)
        if context is not None:
            try:
                session.on_close(context.on_cleanup(session.close))
            except ContextClosedError:  # it ended while the session was opened
                await session.close()
                raise
        return session

    @asynccontextmanager
    async def session(
        self, context: UserExecutionContext | SystemContext | None = None
    ) -> AsyncIterator[RequestSession]:
        """Open the session of one request for a block; what is not committed in it is rolled back."""
        session = await self.create_session(context=context)
        try:
            yield session
        finally:
            await session.close()

    async def close(self) -> None:
        """Give back what the storage opened; the application's own engine stays open."""
        await self._storage.close()


def _request_id(given: str | None, context: UserExecutionContext | SystemContext | None) -> str:
    if given is not None:
        return check_id("request_id", given)
    return fresh_id() if context is None else context.request_id


_configured: Final[list[RequestScopedSessionManager]] = []


def use_database(manager: RequestScopedSessionManager) -> None:
    """Make `create_request_session` use `manager`; once, at start-up.

    Raises:
        RuntimeError: a manager is in use already.
    """
    if _configured:
        raise RuntimeError("a database is in use already; call use_database once, at start-up")
    _configured.append(manager)


def _default() -> RequestScopedSessionManager:
    if not _configured:
        _configured.append(RequestScopedSessionManager())
    return _configured[0]


@asynccontextmanager
async def create_request_session(
    context: UserExecutionContext | SystemContext | None = None,
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
