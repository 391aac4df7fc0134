"""Fixtures that give each test a copy of the module's settings, and do nothing else.

Whoever reads or changes a setting has the same values as if the test ran alone; so the module after a patch
is read without such a fixture. What the settings are is asked of the module before the patch.
"""

import ast
from typing import Final

from cellwall.check.name_places import mentions
from cellwall.check.tests_settings import are_settings
from cellwall.migrate.gates.weakened.put_backs import is_only_read, is_pytests_own

_MARK: Final = ast.dump(ast.parse("pytest.fixture(autouse=True)", mode="eval").body)
_BUILT_IN: Final = ("globals", "dict")


def without_fresh_settings(before: ast.Module, after: ast.Module) -> ast.Module:
    """Give the module after a patch without the added fixtures of this kind; the same one where none is."""
    added = [node for node in after.body if _is_added(before, node)]
    own = all(is_pytests_own(place) for place in mentions(after, "monkeypatch"))
    if not added or not own or not all(is_only_read(after, name) for name in _BUILT_IN):
        return after
    rest = [node for node in after.body if node not in added]
    return ast.Module(rest, after.type_ignores)


def _is_added(before: ast.Module, node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef) or [ast.dump(d) for d in node.decorator_list] != [_MARK]:
        return False
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    name = _copied(body[0]) if len(body) == 1 else ""
    wanted = ast.parse("def f(monkeypatch): pass").body[0]
    assert isinstance(wanted, ast.FunctionDef)
    plain = ast.dump(node.args) == ast.dump(wanted.args) and node.returns is None
    fresh = node.name == f"fresh_{name.lower().strip('_')}" and not mentions(before, node.name)
    return bool(name) and plain and fresh and are_settings(before, name)


def _copied(statement: ast.stmt) -> str:
    match statement:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id="monkeypatch"), attr="setitem"),
                args=[
                    ast.Call(func=ast.Name(id="globals"), args=[], keywords=[]),
                    ast.Constant(value=str(name)),
                    ast.Call(func=ast.Name(id="dict"), args=[ast.Name(id=copied)], keywords=[]),
                ],
                keywords=[],
            )
        ) if name == copied:
            return name
    return ""
