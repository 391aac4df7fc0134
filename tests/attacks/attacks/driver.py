"""Finished SQL on the driver's own connection, all of it in one trip.

The ground under an attack is the same for all of them: it is compiled once, and no wall is in its way.
"""

import json
import sqlite3
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy import ClauseElement, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

ERRORS: tuple[type[Exception], ...] = (sqlite3.Error, DBAPIError)
if find_spec("asyncpg"):  # which an environment for SQLite alone need not have
    ERRORS += (import_module("asyncpg").PostgresError,)
DIALECTS: dict[str, Any] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def finished(statement: ClauseElement, dialect: str) -> str:
    """Give a statement as SQL with its values in it."""
    return str(statement.compile(dialect=DIALECTS[dialect], compile_kwargs={"literal_binds": True}))


async def run_script(connection: AsyncConnection, statements: list[str]) -> None:
    """Run all statements in one transaction of their own, and commit."""
    driver: Any = (await connection.get_raw_connection()).driver_connection
    script = ";\n".join(statements)
    if connection.dialect.name == "sqlite":
        await driver.executescript(f"BEGIN;\n{script};\nCOMMIT;")
    else:
        await driver.execute(script)
        await driver.execute("SELECT 1")  # what a connection did last can be seen by others


async def answers(
    connection: AsyncConnection, questions: Mapping[str, str]
) -> dict[str, list[tuple[Any, ...]]]:
    """Give the rows of each question, all read in one trip.

    Raises:
        Exception: one of `ERRORS`, when one of them cannot be answered.
    """
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if connection.dialect.name == "sqlite":
        return {
            name: [tuple(row) for row in await driver.execute_fetchall(sql)]
            for name, sql in questions.items()
        }
    (row,) = await driver.fetch(f"SELECT {', '.join(questions.values())}")
    return {
        name: [tuple(each) for each in json.loads(text or "[]")]
        for name, text in zip(questions, row.values(), strict=True)
    }


def question(query: Select[Any], dialect: str) -> str:
    """Give what `answers` takes for a query: on PostgreSQL an expression that gives its rows as JSON."""
    sql = finished(query, dialect)
    if dialect == "sqlite":
        return sql
    columns = ", ".join(f"c{number}" for number in range(len(query.selected_columns)))
    return f"(SELECT json_agg(json_build_array({columns}))::text FROM ({sql}) AS q({columns}))"
