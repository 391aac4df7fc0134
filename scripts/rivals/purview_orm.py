"""purview-authz: policies on the ORM, and a tenant bound to the session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attacks.models import Models, build
from attacks.plain import Ground, sqlite_url
from purview import Context, Policy
from purview.exceptions import PurviewError
from purview.sqlalchemy import install
from sqlalchemy.ext.asyncio import AsyncSession

DIALECT = "sqlite"


class Bound(Ground):
    """Sessions that are bound to a context of one tenant."""

    def __init__(self, models: Models, folder: Path) -> None:
        super().__init__("purview-authz", models, sqlite_url(folder / "rows.sqlite3"))
        self.refusals = (PurviewError,)
        policy: Any = Policy()
        policy.global_model(models.Currency)
        self.purview: Any = install(models.Note.registry, policy, tenant_column=models.owner)

    @asynccontextmanager
    async def session(self, user: str) -> AsyncIterator[AsyncSession]:
        """Open a session and bind it before anything is loaded."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            self.purview.bind(session, Context(user_id=user, tenant_id=user))
            yield session


async def arena(folder: Path, url: str) -> Ground:
    """Open the arena."""
    return Bound(build("tenant_id"), folder)
