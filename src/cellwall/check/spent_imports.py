"""Takes names out of `from` imports that a repair has left without a use. Only in modules of tests.

A name stays where anything but prose still spells it, where a comment stands beside it, and where the import
is conditional: it may be there for what it does.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.edit import Edit, apply_edits
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.node_index import walk
from cellwall.check.parse import ParseError
from cellwall.check.settings import CheckSettings


def without_spent_imports(
    path: str, before: bytes, after: bytes, settings: CheckSettings, project: ProjectFacts
) -> bytes:
    """Give `after` without those names imported at its top that `before` used and it does not."""
    name = PurePosixPath(path).name
    if not settings.is_test_file(path) or not (name.startswith("test_") or name.endswith("_test.py")):
        return after
    old = module_facts(path, before, project, is_test=True)
    new = module_facts(path, after, project, is_test=True)
    if isinstance(old, ParseError) or isinstance(new, ParseError) or not new.editable:
        return after
    spent = _used(old.tree) - _spelled(new.tree)
    edits: list[Edit] = []
    for statement in new.tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
            edits += _edits(new, statement, spent)
    return apply_edits(after, edits)


def _used(tree: ast.Module) -> set[str]:
    return {node.id for node in walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _spelled(tree: ast.Module) -> set[str]:
    """Give every word of a module's code: names, parameters, and what stands in texts that are values."""
    prose = {
        id(node.value)
        for node in walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {word for node in walk(tree) if id(node) not in prose for word in _words(node)}


def _words(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from re.findall(r"\w+", node.value)


def _edits(module: ModuleFacts, statement: ast.ImportFrom, spent: set[str]) -> list[Edit]:
    """Give the edits that take spent names out of one statement, or the whole of it."""
    kept = [alias for alias in statement.names if (alias.asname or alias.name) not in spent]
    start = module.lines.starts[statement.lineno - 1]
    end = module.lines.next_line_start(statement.end_lineno or statement.lineno)
    text = module.source[start:end]
    if len(kept) == len(statement.names) or b"#" in text or b"\\" in text:
        return []
    if kept:
        return _names_out(module, statement.names, kept)
    if ast.unparse(statement) != _one_line(text):
        return []  # something else stands in its lines
    return [Edit(_with_empty_line(module, start, end), end, b"")]


def _names_out(module: ModuleFacts, names: Sequence[ast.alias], kept: Sequence[ast.alias]) -> list[Edit]:
    """Take each name out with the comma behind it; those after the last kept one with the comma before."""
    last = names.index(kept[-1])
    spans = [module.span(alias) for alias in names]
    edits = [
        Edit(spans[index][0], spans[index + 1][0], b"")
        for index, alias in enumerate(names[:last])
        if alias not in kept
    ]
    return edits if last == len(names) - 1 else [*edits, Edit(spans[last][1], spans[-1][1], b"")]


def _one_line(text: bytes) -> str:
    """Spell an import that may stand in parentheses as `ast.unparse` does."""
    words = " ".join(text.decode("utf-8", "replace").replace("(", " ").replace(")", " ").split())
    return words.rstrip(" ,")


def _with_empty_line(module: ModuleFacts, start: int, end: int) -> int:
    """Give where to begin, so that no two empty lines are left where one was on either side."""
    before = module.lines.starts[max(0, module.lines.line_of(start) - 2)]
    alone = not module.source[before:start].strip() and start > before
    following = module.source[end : module.lines.next_line_start(module.lines.line_of(end))]
    return before if alone and not following.strip() else start
