"""The default roles name what the runtime really has, awaited where it is a coroutine."""

import inspect
from types import MappingProxyType

import pytest

import cellwall
from cellwall.project.default_roles import DEFAULT_ROLES, with_defaults
from cellwall.project.roles import Role, Roles

MADE = {"pool": "WebSocketConnectionPool", "session": "RequestSession"}


@pytest.mark.parametrize("role", DEFAULT_ROLES.by_name.values(), ids=lambda role: role.name)
def test_imports_are_public_names(role: Role) -> None:
    for statement in role.imports:
        package, _, name = statement.removeprefix("from ").partition(" import ")
        assert package == "cellwall"
        assert name in cellwall.__all__


@pytest.mark.parametrize("name", MADE)
def test_members_are_there_and_awaited_where_they_must_be(name: str) -> None:
    role, cls = DEFAULT_ROLES.by_name[name], getattr(cellwall, MADE[name])
    assert role.coroutines
    for member in role.members:
        assert not inspect.iscoroutinefunction(getattr(cls, member))
    for member in role.coroutines:
        assert inspect.iscoroutinefunction(getattr(cls, member)), member


def test_configured_roles_come_first() -> None:
    mine = Role("pool", ("from app import Pool",), "Pool()")
    merged = with_defaults(Roles(MappingProxyType({"pool": mine})))
    assert merged.get("pool") is mine
    assert merged.get("session") is DEFAULT_ROLES.get("session")
