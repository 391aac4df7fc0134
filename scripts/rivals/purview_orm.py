"""purview-authz: policies on the ORM, and a tenant bound to the session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attacks.models import Models, build
from attacks.plain import Ground, sqlite_url
from sqlalchemy.ext.asyncio import AsyncSession

REQUIRES = ["purview-authz[sqlite]==0.3.1"]
DIALECT = "sqlite"


class Bound(Ground):
    """Sessions that are bound to a context of one tenant."""

    def __init__(self, models: Models, folder: Path) -> None:
        from purview import Policy
        from purview.exceptions import PurviewError
        from purview.sqlalchemy import install

        super().__init__("purview-authz", models, sqlite_url(folder / "rows.sqlite3"))
        self.refusals = (PurviewError,)
        policy: Any = Policy()
        policy.global_model(models.Currency)
        self.purview: Any = install(models.Note.registry, policy, tenant_column=models.owner)

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a session and bind it before anything is loaded."""
        from purview import Context

        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            self.purview.bind(session, Context(user_id=user, tenant_id=user))
            yield session


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return Bound(build("tenant_id"), folder)
