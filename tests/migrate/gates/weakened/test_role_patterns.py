"""Old and new spellings of a role have one canonical form; what only looks like a role does not."""

import ast
from types import MappingProxyType

import pytest

from cellwall.migrate.gates.weakened.module_names import ModuleNames
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.project.roles import Role, Roles

ROLES = Roles(
    MappingProxyType(
        {
            "pool": Role("pool", (), "Pool()", replaces=("SocketManager",)),
            "manager": Role(
                "manager",
                (),
                'type("Own", ({old},), {"_one": None})()',
                replaces=("SocketManager", "get_manager"),
            ),
            "dispatcher": Role(
                "dispatcher",
                (),
                "Own({context}, {arguments})",
                replaces=("ToolDispatcher",),
                otherwise=(Role("dispatcher", (), "await Bridged({context}, {arguments})"),),
            ),
            "agent_factory": Role(
                "agent_factory",
                (),
                "{old}.own_factory().make({name}, {context})",
                replaces=("registry.get_agent",),
            ),
        }
    )
)


def canonical(expression: str, imports: str = "") -> str | None:
    module = ast.parse(f"{imports}\n{expression}")
    last = module.body[-1]
    assert isinstance(last, ast.Expr)
    call = last.value.value if isinstance(last.value, ast.Await) else last.value
    assert isinstance(call, ast.Call)
    found = RolePatterns(ROLES).match(call, ModuleNames(module))
    return ast.unparse(found.canonical()) if found else None


@pytest.mark.parametrize(
    "new",
    [
        "Pool()",
        'type("Own", (SocketManager,), {"_one": None})()',
        'type("Own", (sockets.SocketManager,), {"_one": None})()',
    ],
)
@pytest.mark.parametrize("old", ["SocketManager()", "get_manager()"])
def test_roles_that_replace_one_name_stand_for_one_another(old: str, new: str) -> None:
    assert canonical(old) == canonical(new) is not None


@pytest.mark.parametrize(
    "fake",
    [
        'type("Own", (Harmless,), {"_one": None})()',
        'type("Own", (SocketManager, Harmless), {"_one": None})()',
        'type("Own", (SocketManager,), {"_one": None, "send": None})()',
        'type("Own", (SocketManager,), {"_one": 1})()',
        'type("Other", (SocketManager,), {"_one": None})()',
    ],
)
def test_what_only_looks_like_the_role_is_none(fake: str) -> None:
    assert canonical(fake) is None


def test_an_alias_of_the_old_class_is_the_old_class() -> None:
    own = 'type("Own", (Connection,), {"_one": None})()'
    assert canonical(own, "from sockets import SocketManager as Connection") == canonical("SocketManager()")
    assert canonical(own, "from sockets import Connection") is None


def test_the_object_that_the_old_call_is_made_on() -> None:
    new = canonical('self.registry.own_factory().make("a", user_context)')
    old = canonical('self.registry.get_agent("a")')
    assert new is not None
    assert old is not None
    assert new.partition("(")[0] == old.partition("(")[0]
    assert canonical('doubles.own_factory().make("a", user_context)') is None


def test_every_spelling_of_a_role_is_that_role() -> None:
    old = canonical("ToolDispatcher(bridge=b)")
    assert old == "⟨dispatcher⟩(bridge=b)"
    for new in ("Own(user, bridge=b)", "Bridged(user, bridge=b)", "await Bridged(user, bridge=b)"):
        found = canonical(new)
        assert found is not None
        assert found.startswith("⟨dispatcher⟩(bridge=b, ⟨context⟩=user")
    assert canonical("Other(user, bridge=b)") is None
