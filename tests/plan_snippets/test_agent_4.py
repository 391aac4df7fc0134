"""Plan, "Agent 4: Database & Session Tests"."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall import RequestScopedSessionManager, RequestSession, UserExecutionContext, create_request_session


class Base(DeclarativeBase):
    """Base of the snippet's model."""


class TestModel(Base):
    """The snippet's model."""

    __test__ = False
    __tablename__ = "test_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str]


# fmt: off
# Each request gets isolated session
async def test_database_isolation():
    async with create_request_session() as session1:
        async with create_request_session() as session2:
            # Sessions must be different instances
            assert session1 is not session2

            # Changes in one don't affect the other
            session1.add(TestModel(data="user1"))
            session2.add(TestModel(data="user2"))

            # Verify isolation
            assert await session1.query(TestModel).count() == 1
            assert await session2.query(TestModel).count() == 1
# fmt: on


async def test_a_shared_store_fails_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    manager = RequestScopedSessionManager(tmp_path / "shared")
    everybody = UserExecutionContext.create_for_user("everybody")

    @asynccontextmanager
    async def shared() -> AsyncIterator[RequestSession]:
        async with manager.session(everybody) as session:
            yield _Committing(session)  # type: ignore[misc]

    monkeypatch.setitem(globals(), "create_request_session", shared)
    with pytest.raises(AssertionError):
        await test_database_isolation()


class _Committing:
    """A session whose queries commit first, so that others see what it wrote."""

    def __init__(self, session: RequestSession) -> None:
        self._session = session
        self.add = session.add

    def query(self, model: type[TestModel]) -> "_Committing":
        """Query the model."""
        return self

    async def count(self) -> int:
        """Commit and count; the second of two sessions to count sees both rows."""
        await self._session.commit()
        return await self._session.query(TestModel).count()

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()
