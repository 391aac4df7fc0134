"""The canonical form: what the old and the new spelling of a role share."""

import ast

import pytest

from cellwall.migrate.gates.weakened.canonical import canonical, text, text_without_contexts
from cellwall.migrate.gates.weakened.module_names import ModuleNames
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

ROLES = RolePatterns(DEFAULT_ROLES)
IMPORTS = (
    "from shop.agents import AgentRegistry as Registry\nfrom cellwall import agent_instance_factory as made\n"
)


def form(source: str, roles: RolePatterns = ROLES) -> str:
    tree = ast.parse(IMPORTS + source)
    return text_without_contexts(canonical(tree.body[-1], roles, ModuleNames(tree)).node, frozenset({"ctx"}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AgentRegistry.get_agent('x')", "agent_instance_factory.create_agent('x', ctx)"),
        ("Registry.get_agent('x')", "made.create_agent('x', ctx)"),
        ("agent_registry.get_agent('x')", "await agent_instance_factory.create_agent('x', ctx)"),
        ("self.registry.get_agent(name)", "agent_instance_factory.create_agent(name, self.context)"),
        (
            "ToolRegistry.get_tool('t')",
            "tool_factory.create_tool('t', UserExecutionContext.create_for_user('u'))",
        ),
        ("WebSocketManager()", "WebSocketConnectionPool()"),
        ("get_websocket_manager()", "WebSocketConnectionPool()"),
        ("ToolDispatcher()", "ToolDispatcherFactory.create_for_user(ctx)"),
        ("ToolDispatcher(tools)", "ToolDispatcherFactory.create_for_user(ctx)"),
        ("create_session(engine)", "create_request_session(ctx)"),
        ("f(1, a=2)", "f(1, ctx, a=2)"),
        ("f(1)", "await f(1, context=ctx)"),
        ("asyncio.run(f(1))", "await f(1)"),
        ("loop.run_until_complete(f(1))", "await f(1)"),
    ],
)
def test_old_and_new_are_one(old: str, new: str) -> None:
    assert form(old) == form(new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AgentRegistry.get_agent('x')", "agent_instance_factory.create_agent('y', ctx)"),
        ("AgentRegistry.get_agent('x')", "tool_factory.create_tool('x', ctx)"),
        ("AgentRegistry.get_agent('x')", "Mock()"),
        ("f(1)", "f(2)"),
        ("f(ctx2)", "f(ctx3)"),
        ("runner.run(f(1))", "f(1)"),
    ],
)
def test_others_stay_apart(old: str, new: str) -> None:
    assert form(old) != form(new)


def test_two_contexts_stay_apart_in_the_whole_text() -> None:
    tree = ast.parse("agent_instance_factory.create_agent('x', ctx1)")
    other = ast.parse("agent_instance_factory.create_agent('x', ctx2)")
    names = ModuleNames(tree)
    assert text(canonical(tree.body[0], ROLES, names).node) != text(
        canonical(other.body[0], ROLES, names).node
    )


@pytest.mark.parametrize(
    ("create", "new"),
    [
        ("make({name}, {arguments}, context={context})", "make('x', 1, k=2, context=ctx)"),
        ("Factory({context}).make({name}, {arguments})", "Factory(ctx).make('x', 1, k=2)"),
        (
            "(await factory()).make({name}, {arguments}, {context})",
            "(await factory()).make('x', 1, ctx, k=2)",
        ),
    ],
)
def test_other_shapes_of_a_role(create: str, new: str) -> None:
    roles = RolePatterns(
        Roles({"agent_factory": Role("agent_factory", (), create, replaces=("R.get_agent",))})
    )
    assert form("R.get_agent('x', 1, k=2)", roles) == form(new, roles)


def test_a_coroutine_that_nobody_awaits_is_noted() -> None:
    role = Role("agent_factory", (), "make({name})", awaited=True, replaces=("get",))
    roles = RolePatterns(Roles({"agent_factory": role}))
    names = ModuleNames(ast.parse(""))

    def forgotten(source: str) -> list[str]:
        return canonical(ast.parse(source).body[0], roles, names).forgotten

    assert forgotten("a = make('x')") == ["agent_factory"]
    assert forgotten("make('x').run(1)") == ["agent_factory"]
    assert forgotten("a = await make('x')") == []
    assert forgotten("gather(make('x'), make('y'))") == []
    assert forgotten("a = get('x')") == []


def test_a_role_that_does_not_parse_matches_nothing() -> None:
    roles = RolePatterns(Roles({"pool": Role("pool", ("import",), "((", replaces=("Manager",))}))
    assert form("Pool()", roles) == "Pool()"
