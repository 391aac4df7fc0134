"""The old way: every session works on one database that all users share. Kept until the last caller has moved."""

import atexit
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Select, create_engine, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from netra_backend.database.models import Base, Thread

_folder = tempfile.TemporaryDirectory(prefix="platform-", ignore_cleanup_errors=True)
atexit.register(_folder.cleanup)
_file = Path(_folder.name) / "shared.sqlite3"
_engine = create_async_engine(f"sqlite+aiosqlite:///{_file}", poolclass=NullPool)
_ready = False


class SharedQuery:
    """A query over one model of the shared database."""

    def __init__(self, session: AsyncSession, statement: Select[Any]) -> None:
        self._session = session
        self._statement = statement

    def filter(self, *criteria: Any) -> "SharedQuery":
        """Keep rows for which all criteria hold."""
        return SharedQuery(self._session, self._statement.where(*criteria))

    def filter_by(self, **values: Any) -> "SharedQuery":
        """Keep rows whose columns have these values."""
        return SharedQuery(self._session, self._statement.filter_by(**values))

    def order_by(self, *columns: Any) -> "SharedQuery":
        """Sort by these columns."""
        return SharedQuery(self._session, self._statement.order_by(*columns))

    async def all(self) -> list[Any]:
        """Give all rows."""
        return list(await self._session.scalars(self._statement))

    async def first(self) -> Any:
        """Give the first row or None."""
        return (await self._session.scalars(self._statement.limit(1))).first()

    async def one(self) -> Any:
        """Give the only row."""
        return (await self._session.scalars(self._statement)).one()

    async def count(self) -> int:
        """Give the number of rows."""
        return await self._session.scalar(select(func.count()).select_from(self._statement.subquery())) or 0


class SharedSession(AsyncSession):
    """A session on the shared database; it asks nobody whose rows they are."""

    def query(self, model: type[Any]) -> SharedQuery:
        """Start a query over `model`."""
        return SharedQuery(self, select(model))


def create_session() -> SharedSession:
    """Open a session on the shared database."""
    global _ready
    if not _ready:
        setup = create_engine(f"sqlite:///{_file}", poolclass=NullPool)
        Base.metadata.create_all(setup)
        setup.dispose()
        _ready = True
    return SharedSession(_engine, expire_on_commit=False)


class NightlyReport:
    """Counts everybody's threads; it works for no user, so it may see them all."""

    def __init__(self) -> None:
        self.session = create_session()  # cellwall: allow[shared-session] a job that may see every row

    async def threads(self) -> int:
        """Give the number of threads of all users."""
        async with self.session:
            return await self.session.query(Thread).count()
