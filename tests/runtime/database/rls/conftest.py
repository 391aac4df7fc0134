"""A walled database for each test: tables, policies, and a role of the application that owns nothing."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import URL, Connection, MetaData, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.database.rls import OwnerSigner, RowLevelSecurity, apply_policies

ADA = Owner("user", "ada")
BOB = Owner("user", "bob")
KEY = b"a key of tests, 32 bytes at least"


class Base(DeclarativeBase):
    """The tables of a small application."""


class Note(Base):
    """Something of one user."""

    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    text: Mapped[str]


class Currency(Base):
    """Something of nobody."""

    __tablename__ = "currencies"
    code: Mapped[str] = mapped_column(primary_key=True)


@dataclass
class Walled:
    """One database with its application's role; engines made here are closed at the end."""

    admin: AsyncEngine
    role: str
    url: URL
    ownership: Ownership
    driver: str = "asyncpg"
    engines: list[AsyncEngine] = field(default_factory=list)

    def engine(self, **options: Any) -> AsyncEngine:
        """Make an engine of the application's role."""
        url = options.pop("url", self.url).set(drivername=f"postgresql+{self.driver}")
        self.engines.append(create_async_engine(url, **options))
        return self.engines[-1]

    def storage(self, engine: AsyncEngine | None = None, **options: Any) -> RowLevelSecurity:
        """Make the storage over an engine of the application's role."""
        return RowLevelSecurity(engine or self.engine(), self.ownership, **options)

    async def apply(self, **options: Any) -> list[str]:
        """Apply the policies as the tables' owner."""
        return await apply_policies(self.admin, self.ownership, role=self.role, **options)

    async def sign(self, **options: Any) -> OwnerSigner:
        """Let the database believe signed owners alone, and give what signs."""
        await self.apply(keys={"1": KEY})
        return OwnerSigner(KEY, **options)

    async def run(self, *statements: str) -> list[Any]:
        """Run SQL as the superuser, and give the last statement's rows."""
        rows: list[Any] = []
        async with self.admin.begin() as connection:
            for statement in statements:
                result = await connection.exec_driver_sql(statement)
                rows = list(result) if result.returns_rows else []
        return rows


def drop_everything(connection: Connection, metadata: MetaData) -> None:
    """Remove what a test made, whatever depends on it."""
    for table in reversed(metadata.sorted_tables):
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name} CASCADE")
    connection.exec_driver_sql("DROP SCHEMA IF EXISTS cellwall CASCADE")


@pytest.fixture
async def bare(postgres_url: str) -> AsyncIterator[Walled]:
    """The tables and the role, and no wall yet."""
    admin = create_async_engine(postgres_url)
    role, password = f"app_{secrets.token_hex(4)}", secrets.token_hex(8)
    url = make_url(postgres_url).set(username=role, password=password)
    walled = Walled(admin, role, url, Ownership(Base.metadata, shared={"currencies"}))
    async with admin.begin() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        await connection.run_sync(Base.metadata.create_all)
    yield walled
    for engine in walled.engines:
        await engine.dispose()
    async with admin.begin() as connection:
        await connection.run_sync(drop_everything, Base.metadata)
        await connection.exec_driver_sql(f"DROP OWNED BY {role} CASCADE")
        await connection.exec_driver_sql(f"DROP ROLE {role}")
    await admin.dispose()


@pytest.fixture(params=["asyncpg", "psycopg"])
async def walled(request: pytest.FixtureRequest, bare: Walled) -> Walled:
    """The tables behind their wall, once for each driver, with a note of Ada's and one of Bob's."""
    bare.driver = request.param
    await bare.apply()
    await bare.run("INSERT INTO notes (user_id, text) VALUES ('ada', 'of ada'), ('bob', 'of bob')")
    return bare
