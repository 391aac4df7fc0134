"""Which lines of a module write to which of its globals and class attributes, read from its source."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, final

# Methods that change what they are called on, of any type: only names of the module's own are looked up.
CHANGING: Final = frozenset(
    ("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop", "popitem",
     "popleft", "push", "put", "put_nowait", "remove", "reverse", "rotate", "set", "setdefault", "sort",
     "update", "write")
)  # fmt: skip


def written_lines(source: str) -> Mapping[str, tuple[int, ...]]:
    """Give the lines that write each name: `CACHE` for a global, `Service.user` for a class attribute.

    Seen are assignments inside functions, to the name itself (under `global`), to an item or attribute of
    it, to `cls.x` and `Class.x`, and calls of methods that change what they are called on. Source that
    cannot be parsed has no lines.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    for function, owner in _functions(tree, ""):
        for name, line in _Writes(function, owner).all():
            found[name].add(line)
    return {name: tuple(sorted(lines)) for name, lines in found.items()}


_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def _functions(node: ast.AST, owner: str) -> Iterator[tuple[_Function, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            yield child, owner
        inside = f"{owner}.{child.name}".lstrip(".") if isinstance(child, ast.ClassDef) else owner
        yield from _functions(child, inside)


@final
class _Writes:
    """The writes of one function, those of functions inside it apart."""

    def __init__(self, function: _Function, owner: str) -> None:
        self._function = function
        self._owner = owner
        body = function.body if isinstance(function.body, list) else [function.body]
        self._nodes = [node for part in body for node in _own_nodes(part)]
        self._globals = {name for node in self._nodes if isinstance(node, ast.Global) for name in node.names}
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self._local = {argument.arg for argument in named} | {
            node.id for node in self._nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        self._local -= self._globals

    def all(self) -> Iterator[tuple[str, int]]:
        """Give name and line of each write."""
        for node in self._nodes:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id in self._globals:
                yield node.id, node.lineno
            elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
                yield from self._written(node, node.lineno)
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CHANGING
            ):
                yield from self._changed(node.func.value, node.lineno)

    def _written(self, target: ast.Attribute | ast.Subscript, line: int) -> Iterator[tuple[str, int]]:
        if isinstance(target, ast.Attribute) and (holder := self._class(target.value)):
            yield f"{holder}.{target.attr}", line
        yield from self._changed(target.value, line)

    def _changed(self, value: ast.expr, line: int) -> Iterator[tuple[str, int]]:
        while isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
            if isinstance(value, ast.Attribute) and (holder := self._class(value.value)):
                yield f"{holder}.{value.attr}", line
            value = value.func if isinstance(value, ast.Call) else value.value
        if isinstance(value, ast.Name) and value.id not in self._local:
            yield value.id, line

    def _class(self, value: ast.expr) -> str:
        """Give the class that an expression names: `cls`, `self` and `type(self)` are the one around it."""
        if isinstance(value, ast.Name):
            if value.id in ("cls", "self"):
                return self._owner
            return value.id if value.id not in self._local else ""
        of_self = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "type"
        by_name = isinstance(value, ast.Attribute) and value.attr == "__class__"
        return self._owner if of_self or by_name else ""


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, _Function | ast.ClassDef):
        for child in ast.iter_child_nodes(node):
            yield from _own_nodes(child)
