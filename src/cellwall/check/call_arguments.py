"""The arguments of a call as source text, whole or with the name taken out. Nothing is evaluated."""

import ast
from collections.abc import Sequence

from cellwall.check.argument_fit import is_dropped
from cellwall.check.module_facts import ModuleFacts

Argument = ast.expr | ast.keyword


def arguments_text(module: ModuleFacts, call: ast.Call, drops: tuple[str, ...] = ()) -> str:
    """Give all arguments as they stand in the file but those that a role drops, "" when there are none."""
    every = _in_order(call)
    kept = [argument for argument in every if not is_dropped(argument, drops)]
    return _text(module, every) if kept == every else ", ".join(_text(module, [one]) for one in kept)


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
