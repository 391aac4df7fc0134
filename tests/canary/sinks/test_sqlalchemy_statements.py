"""SQLAlchemy: rows of another are read, a row written under two names is mixed, a batch is none."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, String, create_engine, insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from cellwall.canary import CanaryBook, Watch, serving, viewing
from cellwall.canary.sinks.sqlalchemy_statements import SqlalchemySink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(String)
    text: Mapped[str] = mapped_column(String)


def notes(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    connection.execute(insert(Note), [{"user": ALICE, "text": "a"}, {"user": BOB, "text": "b"}])


def seen_by_bob(work: Callable[[Session], object]) -> Watch:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        notes(connection)
    with Watch(book, [SqlalchemySink()]) as watch, viewing("bob"), Session(engine) as session:
        work(session)
    engine.dispose()
    return watch


@pytest.mark.parametrize(
    "work",
    [
        lambda session: session.scalars(select(Note)).all(),
        lambda session: session.scalars(select(Note).order_by(Note.id)).first(),
        lambda session: session.execute(select(Note.user)).fetchmany(2),
        lambda session: list(session.scalars(select(Note).execution_options(yield_per=1))),
        lambda session: session.execute(text("select user from notes order by id")).scalar(),
        lambda session: session.execute(insert(Note).values(user=BOB, text=ALICE).returning(Note.text)).all(),
    ],
    ids=["all", "first", "many", "streamed", "text", "returning"],
)
def test_rows_of_another_are_read(work: Any) -> None:
    seen = [one for one in seen_by_bob(work).sightings if one.reach == "read"]
    assert {(one.sink, one.owner, one.viewer) for one in seen} == {("sqlalchemy", "alice", "bob")}
    assert all(one.where.endswith(" rows") for one in seen)


def test_ones_own_rows_are_nothing() -> None:
    watch = seen_by_bob(lambda session: session.scalars(select(Note).where(Note.user == BOB)).all())
    assert (watch.sightings, watch.hints) == ([], [])


def test_a_row_under_the_wrong_name_is_a_leak() -> None:
    watch = seen_by_bob(lambda session: (session.add(Note(user=ALICE, text=f"by {BOB}")), session.flush()))
    (seen,) = watch.sightings
    assert seen.where.startswith("INSERT INTO notes") and seen.where.endswith("parameters")


def test_a_batch_for_all_users_is_a_hint() -> None:
    """Whoever comes when the buffer is full writes everybody's events."""
    events = [{"user": user, "text": "x"} for user in (ALICE, BOB)]
    watch = seen_by_bob(lambda session: session.execute(insert(Note), events))
    assert (watch.sightings, len(watch.hints)) == ([], 1)


def test_a_service_that_reads_is_judged_by_its_answer() -> None:
    with serving():
        watch = seen_by_bob(lambda session: session.scalars(select(Note)).all())
    assert (watch.sightings, len(watch.hints)) == ([], 1)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Any]:
    made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'notes.db'}")
    async with made.begin() as connection:
        await connection.run_sync(notes)
    yield made
    await made.dispose()


async def test_async_engines_are_seen(engine: Any) -> None:
    with Watch(book, [SqlalchemySink()]) as watch, viewing("bob"):
        async with engine.connect() as connection:
            assert len((await connection.execute(select(Note))).all()) == 2
    assert [one.owner for one in watch.sightings] == ["alice"]
