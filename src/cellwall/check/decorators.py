"""The decorators of a function, with the names that they stand for."""

import ast
from collections.abc import Iterable
from typing import NamedTuple

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.origin import ends_with
from cellwall.check.pytest_facts import spelled


class Decorator(NamedTuple):
    """One decorator: the expression, the call where it is one, and its dotted names."""

    node: ast.expr
    call: ast.Call | None
    names: tuple[str, ...]

    def is_one_of(self, patterns: Iterable[str]) -> bool:
        """Tell whether one of the dotted names is, or ends with, one of the patterns."""
        return any(ends_with(name, pattern) for name in self.names for pattern in patterns)

    @property
    def last(self) -> str:
        """The last part of what it stands for: `route` of `app.route`."""
        return (self.names[-1] if self.names else "").rpartition(".")[2]

    @property
    def path(self) -> str:
        """The first argument where it is a text, else ""."""
        first = self.call.args[0] if self.call is not None and self.call.args else None
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def decorators(module: ModuleFacts, node: Function | ast.ClassDef) -> list[Decorator]:
    """Give the decorators of a function or class, outermost first; `method_decorator` is looked through."""
    found: list[Decorator] = []
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        target = call.func if call is not None else decorator
        made = decorator_of(module, target, call)
        if made.last == "method_decorator" and call is not None and call.args:
            inner = call.args[0]
            for part in inner.elts if isinstance(inner, (ast.List, ast.Tuple)) else [inner]:
                inner_call = part if isinstance(part, ast.Call) else None
                found.append(decorator_of(module, inner_call.func if inner_call else part, inner_call))
        found.append(made)
    return found


def decorator_of(module: ModuleFacts, target: ast.expr, call: ast.Call | None) -> Decorator:
    """Give what an expression is that decorates; `call` is where it is called first."""
    names = module.names(target) or ((spelled(target),) if spelled(target) else ())
    return Decorator(target, call, names)
