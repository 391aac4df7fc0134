"""Rewrites the awaits of a module so that each can suspend."""

import ast
from types import CodeType
from typing import Final, final

VERSION: Final = 1  # of what is written; part of the bytecode cache's name
AMPLIFIED: Final = "__cellwall_amplified__"
PAUSE: Final = "__cellwall_pause__"
_IMPORT: Final = f"from cellwall.explore.amplify.yielding import amplified as {AMPLIFIED}, pause as {PAUSE}\n"


def amplify_tree(tree: ast.Module) -> ast.Module:
    """Rewrite the module's tree in place and give it; a module without `await` stays as it is.

    `await x` becomes `await amplified(x)`; before `async with` and `async for` stands a pause. Lines stay.
    """
    awaits = _Awaits()
    awaits.visit(tree)
    if not awaits.found:
        return tree
    at = 0
    for at, statement in enumerate(tree.body):  # noqa: B007
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not docstring and not future:
            break
    added = ast.parse(_IMPORT).body
    for node in ast.walk(added[0]):
        if "lineno" in node._attributes:
            node.lineno = node.end_lineno = getattr(tree.body[at], "lineno", 1)  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
    tree.body[at:at] = added
    return tree  # every node that was added has its place; others may have added some that have none


def amplified_code(source: str | bytes, path: str) -> CodeType:
    """Compile a module's source with its awaits rewritten; raises SyntaxError."""
    code: CodeType = compile(amplify_tree(ast.parse(source, path)), path, "exec", dont_inherit=True)
    return code


@final
class _Awaits(ast.NodeTransformer):
    """Rewrites awaits, and puts pauses before asynchronous blocks."""

    def __init__(self) -> None:
        self.found = False

    def visit_Await(self, node: ast.Await) -> ast.Await:
        self.generic_visit(node)
        self.found = True
        name = ast.copy_location(ast.Name(AMPLIFIED, ast.Load()), node.value)
        node.value = ast.copy_location(ast.Call(name, [node.value], []), node.value)
        return node

    def visit_AsyncWith(self, node: ast.AsyncWith) -> list[ast.stmt]:
        return self._after_pause(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> list[ast.stmt]:
        return self._after_pause(node)

    def _after_pause(self, node: ast.AsyncWith | ast.AsyncFor) -> list[ast.stmt]:
        self.generic_visit(node)
        self.found = True
        call = ast.Call(ast.Name(PAUSE, ast.Load()), [], [])
        pause = ast.copy_location(ast.Expr(ast.Await(call)), node)
        for part in ast.walk(pause):
            ast.copy_location(part, node)
        return [pause, node]
