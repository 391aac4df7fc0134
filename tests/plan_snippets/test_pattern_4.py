"""Plan, "Pattern 4: Database Session Isolation": it closes no session, and leaves nothing all the same."""

import logging
import sys
import threading
from types import ModuleType

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import cellwall
from tests.full_collection import collect


class Base(DeclarativeBase):
    """Base of the snippet's model."""


class TestModel(Base):
    """The snippet's model."""

    __test__ = False
    __tablename__ = "test_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's module that the snippet imports from."""
    for name in ("netra_backend", "netra_backend.database", "netra_backend.database.session_manager"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    module = sys.modules["netra_backend.database.session_manager"]
    monkeypatch.setattr(
        module, "RequestScopedSessionManager", cellwall.RequestScopedSessionManager, raising=False
    )


# fmt: off
@pytest.mark.asyncio
async def test_database_session_isolation():
    """Verify database sessions are request-scoped."""
    from netra_backend.database.session_manager import RequestScopedSessionManager

    manager = RequestScopedSessionManager()

    # Create sessions for different requests
    session1 = await manager.create_session(request_id="req1")
    session2 = await manager.create_session(request_id="req2")

    # Sessions must be different instances
    assert session1 is not session2

    # Test transaction isolation
    async with session1.begin():
        session1.add(TestModel(name="item1"))

    async with session2.begin():
        session2.add(TestModel(name="item2"))

    # Verify isolation
    items1 = await session1.query(TestModel).all()
    items2 = await session2.query(TestModel).all()

    assert len(items1) == 1
    assert len(items2) == 1
    assert items1[0].name != items2[0].name
# fmt: on


async def test_what_it_forgets_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    before = set(threading.enumerate())
    with caplog.at_level(logging.WARNING, "cellwall.database"):
        await test_database_session_isolation()
        collect()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert set(threading.enumerate()) <= before
    assert "request req1 forgot to close its database session" in caplog.text
    assert "request req2 forgot to close its database session" in caplog.text
