"""The test functions of a module, named as pytest names them. Syntax only."""

import ast
from collections.abc import Iterable, Iterator

from cellwall.check.node_index import Function


def named_tests(body: Iterable[ast.stmt], within: str = "") -> Iterator[tuple[str, Function]]:
    """Give (name, function) of the tests of a module's or a class's body: `test_x`, `TestY::test_x`."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield f"{within}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from named_tests(node.body, f"{within}{node.name}::")
