"""What a kind of database must do so that each request sees the rows of its owner alone."""

from typing import Protocol

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.session import RequestSession


class Storage(Protocol):
    """Keeps rows of many owners apart. Every implementation passes the same conformance and attack suites."""

    async def open(self, owner: Owner, request_id: str) -> RequestSession:
        """Make a session whose owner is fixed for life; what an anonymous owner wrote dies with it."""
        ...

    async def close(self) -> None:
        """Give back what this storage itself opened; engines of the application stay open."""
        ...
