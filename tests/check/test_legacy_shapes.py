"""Random mixtures of legacy code: what comes out parses, stays on a second run, and keeps its strings."""

import ast
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.fixer import fix_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles

MANAGER = Role(
    "manager",
    ("from app.ws import WebSocketManager",),
    'type("WebSocketManager", ({old},), {"_instance": None})()',
    replaces=("WebSocketManager", "get_websocket_manager"),
)
SETTINGS = CheckSettings(
    roles=Roles(MappingProxyType({**DEFAULT_ROLES.by_name, "manager": MANAGER})),
    async_tests=True,
    rules=("CW103", "CW104"),
)
HEAD = """import pytest
from app.db import create_session
from app.ws import WebSocketManager, get_websocket_manager
"""
LINES = st.sampled_from(
    [
        "m = WebSocketManager()",
        "m = get_websocket_manager(); m.a()",
        "self.m = WebSocketManager()",
        "self.s = create_session()",
        "self.s = None",
        "self.s.add('''x\n y''')",
        "await self.s.commit()",
        "self.s.close()",
        "if self.s: self.s.close()",
        "for s in [self.s]:\n            use(s, f'{m}')",
        "with self.s as s:\n            pass",
        "def inner():\n            return self.s",
        "return self.m",
        "yield self.s",
        "shared.add(1)",
        "use(WebSocketManager(), key=get_websocket_manager())",
        "assert WebSocketManager() is self.m",
        "global shared",
        "x = lambda: self.s.add(1)",
        '"""words\nof many lines"""',
    ]
)
METHODS = st.sampled_from(
    [
        "def setup_method(self):",
        "def teardown_method(self):",
        "async def test_one(self, user_context):",
        "def test_two(self):",
        "@pytest.fixture\n    def m(self):",
        "@pytest.fixture(scope='class')\n    async def s(self):",
        "@classmethod\n    def setup_class(self):",
        "async def helper(self, *, m=None):",
    ]
)


@st.composite
def modules(draw: st.DrawFn) -> str:
    """Draw a module of one class with legacy lines in its methods."""
    top = draw(st.sampled_from(["", "shared = create_session()\n", "m = WebSocketManager()\n"]))
    base = draw(st.sampled_from(["", "(unittest.TestCase)", "(Base)"]))
    methods = draw(
        st.lists(st.tuples(METHODS, st.lists(LINES, min_size=1, max_size=5)), min_size=1, max_size=4)
    )
    text = [HEAD, "import unittest\n", top, f"\n\nclass TestIt{base}:\n"]
    for method, lines in methods:
        text += [f"    {method}\n", *(f"        {line}\n" for line in lines), "\n"]
    return "".join(text)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(modules())
def test_what_comes_out_parses_and_stays(source: str) -> None:
    path, facts = "tests/test_it.py", ProjectFacts()
    result = fix_source(path, source.encode(), SETTINGS, facts)
    try:
        before = ast.parse(source)
    except SyntaxError:
        assert result.source == source.encode()
        return
    after = ast.parse(result.source)
    assert fix_source(path, result.source, SETTINGS, facts).source == result.source
    assert _texts(after) >= {text for text in _texts(before) if "\n" in text}


def _texts(tree: ast.Module) -> set[str]:
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
