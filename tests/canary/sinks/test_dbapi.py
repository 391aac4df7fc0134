"""Drivers below no SQLAlchemy: parameters and rows of sqlite3; PostgreSQL's where a server is at hand."""

import sqlite3
from typing import Any

import asyncpg
import psycopg
import pytest
from sqlalchemy import create_engine, text

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.dbapi import DbapiSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value
SELECT = "select user from notes order by user"


def opened() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table notes (user, text)")
    connection.executemany("insert into notes values (?, ?)", [(ALICE, "a"), (BOB, "b")])
    return connection


@pytest.mark.parametrize(
    "read",
    [
        lambda cursor: cursor.execute(SELECT).fetchall(),
        lambda cursor: [cursor.execute(SELECT).fetchone(), cursor.fetchone()],
        lambda cursor: list(cursor.execute(SELECT)),
        lambda cursor: cursor.connection.execute(SELECT).fetchmany(2),
    ],
    ids=["all", "one", "iterated", "shortcut"],
)
def test_rows_of_another_are_read(read: Any) -> None:
    with Watch(book, [DbapiSink()]) as watch:
        connection = opened()
        with viewing("bob"):
            assert len(read(connection.cursor())) == 2
        connection.close()
    assert [(one.owner, one.viewer, one.where) for one in watch.sightings] == [("alice", "bob", "rows")]


def test_a_row_under_the_wrong_name_is_a_leak_and_a_batch_is_none() -> None:
    with Watch(book, [DbapiSink()]) as watch, viewing("bob"):
        opened().close()
        assert watch.sightings == []
        connection = opened()
        connection.execute("insert into notes values (?, ?)", (ALICE, BOB))
        connection.close()
    (seen,) = watch.sightings
    assert seen.where == "insert into notes values (?, ?) parameters"


def test_below_sqlalchemy_it_is_silent() -> None:
    engine = create_engine("sqlite://")
    with Watch(book, [DbapiSink()]) as watch, viewing("bob"), engine.connect() as connection:
        connection.execute(text("select :a, :b"), {"a": ALICE, "b": BOB}).all()
    engine.dispose()
    assert (watch.sightings, watch.hints) == ([], [])


def test_a_class_of_ones_own_is_said() -> None:
    with Watch(book, [DbapiSink()]) as watch:
        sqlite3.connect(":memory:", factory=sqlite3.Connection).close()
    assert any("class of its own" in why for why in watch.unseen)


async def test_asyncpg_is_seen(postgres_url: str) -> None:
    with Watch(book, [DbapiSink()]) as watch, viewing("bob"):
        connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
        assert await connection.fetchval("select $1::text", ALICE) == ALICE
        await connection.execute("select $1::text, $2::text", ALICE, BOB)
        await connection.close()
    assert [one.reach for one in watch.sightings] == ["read", "written"]


async def test_psycopg_is_seen(postgres_url: str) -> None:
    url = postgres_url.replace("+asyncpg", "")
    with Watch(book, [DbapiSink()]) as watch, viewing("bob"):
        async with await psycopg.AsyncConnection.connect(url) as connection:
            cursor = await connection.execute("select %s::text", (ALICE,))
            assert await cursor.fetchall() == [(ALICE,)]
        with psycopg.connect(url) as connection:
            assert connection.execute("select %s::text, %s::text", (ALICE, BOB)).fetchone()
    assert {one.reach for one in watch.sightings} == {"read", "written"}
