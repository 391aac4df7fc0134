"""Properties of the comparison over generated test modules."""

import ast
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwall.migrate.gates.weakened.comparison import Setting, compare
from cellwall.migrate.gates.weakened.facts import ModuleFacts
from cellwall.migrate.gates.weakened.new_units import compare_imports, new_units
from cellwall.migrate.gates.weakened.reader import read_module
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.project.default_roles import DEFAULT_ROLES

ROLES = RolePatterns(DEFAULT_ROLES)
NAMES = st.sampled_from(["result", "agent", "value", "cart", "items"])
EXPRESSIONS = st.sampled_from(
    [
        "1",
        "len(items)",
        "agent.run('x')",
        "AgentRegistry.get_agent('planner')",
        "create_session()",
        "await load(cart)",
    ]
)
ASSERTIONS = st.builds(
    lambda name, check: check.format(name),
    NAMES,
    st.sampled_from(
        [
            "assert {0} == 1",
            "assert {0}",
            "check_owner({0})",
            "self.assertEqual({0}, 2)",
            "{0}.assert_called_once()",
        ]
    ),
)
STEPS = st.one_of(
    st.builds(lambda name, value: f"{name} = {value}", NAMES, EXPRESSIONS),
    st.builds(lambda name: f"{name}.send(1)", NAMES),
    ASSERTIONS,
)


def block(header: str, body: list[str]) -> str:
    return header + "\n" + "\n".join("    " + line for step in body for line in step.split("\n"))


BODIES = st.recursive(
    st.lists(STEPS, min_size=1, max_size=4),
    lambda inner: st.lists(
        st.one_of(
            STEPS,
            st.builds(
                block,
                st.sampled_from(["for n in range(9):", "if cart:", "with open('x') as f:", "try:"]),
                inner,
            ).map(lambda text: text + "\nexcept KeyError:\n    pass" if text.startswith("try:") else text),
        ),
        min_size=1,
        max_size=4,
    ),
    max_leaves=8,
)
MODULES = st.lists(BODIES, min_size=1, max_size=4).map(
    lambda bodies: "\n\n".join(
        block(f"async def test_{number}(self, cart):", body) for number, body in enumerate(bodies)
    )
)
MODEST = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def facts(source: str) -> ModuleFacts:
    found = read_module("tests/test_a.py", source.encode(), ROLES)
    assert isinstance(found, ModuleFacts)
    return found


def weaker(before: str, after: str) -> list[str]:
    old, new = facts(before), facts(after)
    setting = Setting(async_tests=True)
    found = [*compare(old, new, setting), *new_units(old, new), *compare_imports(old, new, ROLES.origins)]
    return [one.text() for one in found]


@MODEST
@given(MODULES)
def test_nothing_is_weaker_than_itself(source: str) -> None:
    assert weaker(source, source) == []


@MODEST
@given(MODULES)
def test_layout_and_comments_weaken_nothing(source: str) -> None:
    assert weaker(source, "# reviewed\n\n" + ast.unparse(ast.parse(source)) + "\n") == []


@MODEST
@given(MODULES)
def test_what_the_roles_replace_weakens_nothing(source: str) -> None:
    new = "agent_instance_factory.create_agent('planner', user_context)"
    after = source.replace("AgentRegistry.get_agent('planner')", new)
    after = after.replace("create_session()", "create_request_session(user_context)")
    assert weaker(source, after.replace("(self, cart)", "(self, cart, user_context)")) == []


def rewrite(source: str, change: Callable[[ast.AST], ast.AST | None], chosen: int) -> str | None:
    """Change the chosen one of the simple statements that `change` can change."""
    tree = ast.parse(source)
    places = [
        (body, position)
        for node in ast.walk(tree)
        for body in (getattr(node, "body", None), getattr(node, "orelse", None))
        if isinstance(body, list)
        for position, statement in enumerate(body)
        if isinstance(statement, ast.stmt) and change(statement) is not statement
    ]
    if not places:
        return None
    body, position = places[chosen % len(places)]
    body[position] = change(body[position]) or ast.Pass()
    return ast.unparse(ast.fix_missing_locations(tree))


def is_assertion(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))


@MODEST
@given(MODULES, st.integers(0, 50))
def test_every_deletion_of_an_assertion_is_weaker(source: str, chosen: int) -> None:
    after = rewrite(source, lambda node: None if is_assertion(node) else node, chosen)
    assert after is None or weaker(source, after)


@MODEST
@given(
    MODULES,
    st.integers(0, 50),
    st.sampled_from(["return", "pytest.skip('x')", "raise SystemExit", "os._exit(0)"]),
)
def test_every_early_end_is_weaker(source: str, chosen: int, leave: str) -> None:
    lines = source.split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("async def")]
    number = heads[chosen % len(heads)]
    lines.insert(number + 1, "    " + leave)
    assert weaker(source, "\n".join(lines))


@MODEST
@given(
    MODULES,
    st.integers(0, 50),
    st.sampled_from(["if cart and 0:", "for _ in []:", "while False:", "def later():"]),
)
def test_every_assertion_put_under_a_condition_is_weaker(source: str, chosen: int, header: str) -> None:
    def wrap(node: ast.AST) -> ast.AST:
        if not is_assertion(node):
            return node
        outer = ast.parse(header + "\n    pass").body[0]
        outer.body = [node]
        return outer

    after = rewrite(source, wrap, chosen)
    assert after is None or weaker(source, after)


@MODEST
@given(MODULES)
def test_every_test_removed_is_weaker(source: str) -> None:
    tree = ast.parse(source)
    del tree.body[0]
    assert weaker(source, ast.unparse(tree))
