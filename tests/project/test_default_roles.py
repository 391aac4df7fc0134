"""The default roles name what the runtime really has, awaited where it is a coroutine."""

import inspect
from types import MappingProxyType

import pytest
from sqlalchemy.orm import Session

import cellwall
from cellwall.project.default_roles import DEFAULT_ROLES, with_defaults
from cellwall.project.roles import Role, Roles

MADE = {
    "dispatcher": cellwall.ToolDispatcher,
    "pool": cellwall.WebSocketConnectionPool,
    "session": cellwall.RequestSession,
}


@pytest.mark.parametrize("role", DEFAULT_ROLES.by_name.values(), ids=lambda role: role.name)
def test_imports_are_public_names(role: Role) -> None:
    for statement in role.imports:
        package, _, name = statement.removeprefix("from ").partition(" import ")
        assert package == "cellwall"
        assert name in cellwall.__all__


def public(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("_")}


def coroutines(cls: type) -> set[str]:
    return {name for name in public(cls) if inspect.iscoroutinefunction(inspect.unwrap(getattr(cls, name)))}


@pytest.mark.parametrize("name", ["dispatcher", "pool"])
def test_every_coroutine_of_the_runtime_is_awaited(name: str) -> None:
    assert set(DEFAULT_ROLES.by_name[name].coroutines) == coroutines(MADE[name])


def test_what_both_kinds_of_session_have_is_awaited_where_it_is_a_coroutine() -> None:
    asked = set(DEFAULT_ROLES.by_name["session"].coroutines)
    assert asked == coroutines(MADE["session"]) & public(Session)


def test_the_members_of_the_pool_are_its_own() -> None:
    pool = DEFAULT_ROLES.by_name["pool"]
    assert {*pool.members, *pool.coroutines} == public(MADE["pool"])


def test_configured_roles_come_first() -> None:
    mine = Role("pool", ("from app import Pool",), "Pool()")
    merged = with_defaults(Roles(MappingProxyType({"pool": mine})))
    assert merged.get("pool") is mine
    assert merged.get("session") is DEFAULT_ROLES.get("session")
