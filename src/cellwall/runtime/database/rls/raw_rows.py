"""Reads the database's catalog beneath SQLAlchemy's events, where no guard of rows has a say."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection


async def raw_rows(connection: AsyncConnection, sql: str) -> list[tuple[Any, ...]]:
    """Give the rows of one statement without parameters, run by the driver itself."""

    def read(sync: Connection) -> list[tuple[Any, ...]]:
        cursor = sync.connection.cursor()
        try:
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    return await connection.run_sync(read)
