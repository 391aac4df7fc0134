"""The session of one request: SQLAlchemy's own, with an owner that is fixed for life."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, final

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

from cellwall.runtime.database.forgotten import finish_when_forgotten
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.query import RequestQuery
from cellwall.runtime.database.shielded import to_the_end

Model = TypeVar("Model")


@final
class RequestSession(AsyncSession):
    """An `AsyncSession` over the rows of one owner; closed once, and of no use afterwards.

    Made by `RequestScopedSessionManager.create_session` or `create_request_session`.
    """

    def __init__(
        self, engine: AsyncEngine, owner: Owner, request_id: str, *, sync_session: type[Session] = Session
    ) -> None:
        super().__init__(
            engine,
            sync_session_class=sync_session,
            expire_on_commit=False,
            close_resets_only=False,
            info={"request_id": request_id},
        )
        self._owner = owner
        self._before_close: list[Callable[[], Awaitable[object]]] = []
        self._at_close: list[Callable[[], object]] = []
        self._at_end: list[Callable[[], object]] = []
        self._forgotten = finish_when_forgotten(self, request_id, self._at_end)

    @property
    def owner(self) -> Owner:
        """Whose rows this session sees and writes."""
        return self._owner

    def query(self, model: type[Model]) -> RequestQuery[Model]:
        """Start a query over `model`; its `all`, `first`, `one` and `count` are awaited."""
        return RequestQuery.over(self, model)

    def on_close(self, callback: Callable[[], object]) -> None:
        """Call `callback` once when the session closes."""
        self._at_close.append(callback)

    def before_close(self, callback: Callable[[], Awaitable[object]]) -> None:
        """Await `callback` once when the session closes, after what was not committed is rolled back."""
        self._before_close.append(callback)

    def on_end(self, callback: Callable[[], object]) -> None:
        """Call `callback`, which must not refer to the session, once: when it closes or is forgotten."""
        self._at_end.append(callback)

    async def close(self) -> None:
        """Roll back what was not committed and give everything back; a second call does nothing.

        Shielded: a cancelled caller still waits until the connection is back in its pool, then is cancelled.
        """
        if self.in_transaction() or self._before_close:
            await to_the_end(self._close())
        else:
            self.sync_session.close()  # holds nothing, so there is nothing to wait for
            self._end()

    async def _close(self) -> None:
        try:
            await super().close()
            while self._before_close:
                await self._before_close.pop()()
        finally:
            self._end()

    def _end(self) -> None:
        self._forgotten.detach()
        for callbacks in (self._at_close, self._at_end):
            while callbacks:
                callbacks.pop()()
