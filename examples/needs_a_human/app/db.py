"""Sessions: opened by hand, or for a request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.context import RequestContext


class Session:
    """Rows in memory."""

    def __init__(self) -> None:
        self._rows: list[object] = []

    def add(self, row: object) -> None:
        """Keep a row."""
        self._rows.append(row)

    def rows(self) -> list[object]:
        """Give the rows."""
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows."""
        self._rows.clear()


def create_session() -> Session:
    """Open a session; the caller closes it."""
    return Session()


@asynccontextmanager
async def request_session(context: RequestContext) -> AsyncIterator[Session]:
    """Open a session for one request."""
    session = Session()
    try:
        yield session
    finally:
        session.close()
