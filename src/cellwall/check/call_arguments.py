"""The arguments of a call as source text, whole or with the name taken out. Nothing is evaluated."""

import ast
from collections.abc import Sequence

from cellwall.check.module_facts import ModuleFacts

Argument = ast.expr | ast.keyword


def arguments_text(module: ModuleFacts, call: ast.Call) -> str:
    """Give all arguments as they stand in the file, "" when there are none."""
    return _text(module, _in_order(call))


def name_and_rest(module: ModuleFacts, call: ast.Call) -> tuple[str, str] | None:
    """Give the first argument (a name that is asked for) and the others; None when it is not there to see."""
    every = _in_order(call)
    if not every:
        return None
    first = every[0]
    if isinstance(first, ast.Starred) or (isinstance(first, ast.keyword) and first.arg is None):
        return None
    value = first.value if isinstance(first, ast.keyword) else first
    assert isinstance(value, ast.expr)
    return module.text(value), _text(module, every[1:])


def _in_order(call: ast.Call) -> list[Argument]:
    every: list[Argument] = [*call.args, *call.keywords]
    return sorted(every, key=lambda argument: (argument.lineno, argument.col_offset))


def _text(module: ModuleFacts, arguments: Sequence[Argument]) -> str:
    if not arguments:
        return ""
    start, _ = module.span(arguments[0])
    _, end = module.span(arguments[-1])
    return module.source[start:end].decode("utf-8", "replace")
