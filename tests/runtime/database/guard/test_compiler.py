"""Statements of every kind are compiled with a criterion for each owned table, over and over the same."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import aliased

from cellwall.runtime.database.guard.compiler import ASKED_EACH_TIME, GuardedCompiler

Sql = Callable[[Any], str]


def test_one_compiler_for_an_engine(guarded: Any) -> None:
    compiled = select(guarded.Note).compile(guarded.engine.sync_engine)
    assert isinstance(compiled, GuardedCompiler)
    assert compiled.touches_owned
    assert not select(guarded.Currency).compile(guarded.engine.sync_engine).touches_owned


def test_what_is_asked_at_each_execution_is_its_own(guarded: Any) -> None:
    compiled = select(guarded.Note).compile(guarded.engine.sync_engine)
    plain = select(guarded.Note).compile(guarded.admin.sync_engine)
    for name in ASKED_EACH_TIME:
        assert name in vars(compiled)
        assert hasattr(GuardedCompiler, name) or hasattr(plain, name), "SQLAlchemy has it no longer"


def nested(guarded: Any, choices: list[int]) -> tuple[Select[Any], int]:
    """Build a statement of many levels; give it with the number of places where owned tables stand in it."""
    statement, places = select(guarded.Note.id.label("key")), 1
    for choice in choices:
        inner = statement.subquery()
        if choice == 0:
            statement = select(inner.c.key).where(inner.c.key > 0)
        elif choice == 1:
            other = aliased(guarded.Folder)
            statement, places = select(inner.c.key).outerjoin(other, other.id == inner.c.key), places + 1
        elif choice == 2:
            statement, places = (
                select(guarded.Note.id.label("key")).where(guarded.Note.id.in_(statement)),
                places + 1,
            )
        elif choice == 3:
            both = union_all(statement, select(guarded.Folder.id)).subquery()
            statement, places = select(both.c[0].label("key")), places + 1
        elif choice == 4:
            count = select(func.count(guarded.Note.id)).scalar_subquery()
            statement, places = select(inner.c.key).where(inner.c.key < count), places + 1
        else:
            statement = select(statement.cte().c.key)
    return statement, places


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(choices=st.lists(st.integers(0, 5), max_size=6))
def test_every_place_has_its_criterion(choices: list[int], guarded: Any, sql_of: Sql) -> None:
    statement, places = nested(guarded, choices)
    assert sql_of(statement).count("user_id = ?") == places
