"""What counts as an assertion, and words for what a line does; for evidence and figures, never for mercy."""

import ast
import re
from typing import Final

from cellwall.migrate.gates.weakened.facts import Line

_ASSERTING: Final = re.compile(r"^(assert|fail$|verify|expect|should)|_assert|Assert")
_RAISING: Final = frozenset({"raises", "warns", "deprecated_call"})
_LEAVING: Final = frozenset(
    {"skip", "xfail", "exit", "_exit", "importorskip", "skipTest", "SkipTest", "abort"}
)


def called_name(node: ast.Call) -> str:
    """Give the last part of the called name."""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def is_assertion(line: Line) -> bool:
    """Tell whether a line asserts: `assert`, `self.assertX`, `pytest.raises`, `assert_called`, `assert_*`."""
    node = line.form.node
    if isinstance(node, ast.Assert):
        return True
    if line.is_header and not isinstance(node, ast.With):
        return False
    return any(
        _ASSERTING.search(name) is not None or name in _RAISING
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and (name := called_name(inner))
    )


def leaves(line: Line) -> bool:
    """Tell whether a line ends the test early: return, raise, skip, exit, and so on."""
    node = line.form.node
    if isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return True
    return any(isinstance(n, ast.Call) and called_name(n) in _LEAVING for n in ast.walk(node))


def kind_of(line: Line) -> str:
    """Name what a line is, for evidence."""
    if is_assertion(line):
        return "assertion"
    if line.is_header:
        return {ast.For: "loop", ast.While: "loop", ast.If: "condition"}.get(type(line.form.node), "block")
    if leaves(line):
        return "early end"
    return "step"
