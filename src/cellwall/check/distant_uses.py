"""Follows a value into the helpers of its module: what is returned to callers, alone or in a tuple, and what
is handed over as an argument. By the helpers' names, so more may be followed than runs."""

import ast
from collections.abc import Iterator

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.pytest_facts import spelled


def distant_values(module: ModuleFacts, value: ast.expr) -> Iterator[ast.expr]:
    """Give the expressions in other functions that have the value of an expression."""
    parent = module.nodes.parent(value)
    position: int | None = None
    if isinstance(parent, ast.Tuple) and isinstance(parent.ctx, ast.Load):
        position, parent = parent.elts.index(value), module.nodes.parent(parent)
    if isinstance(parent, ast.Return):
        function = module.function(value)
        if function is not None:
            yield from _given_to_callers(module, function, position)
    elif position is None and isinstance(parent, ast.keyword):
        call = module.nodes.parent(parent)
        if isinstance(call, ast.Call) and parent.arg is not None:
            yield from _parameter(module, call, parent.arg)
    elif position is None and isinstance(parent, ast.Call) and value in parent.args:
        yield from _parameter(module, parent, parent.args.index(value))


def _given_to_callers(module: ModuleFacts, function: Function, position: int | None) -> Iterator[ast.expr]:
    for call in module.of(ast.Call):
        if _named(call) != function.name:
            continue
        if position is None:
            yield call
            continue
        kept = module.nodes.parent(call)
        kept = module.nodes.parent(kept) if isinstance(kept, ast.Await) else kept
        match kept:
            case ast.Assign(targets=[ast.Tuple(elts=targets)]) if position < len(targets):
                target = targets[position]
                if isinstance(target, ast.Name):
                    yield from _loads(module, target.id, module.function(call))


def _parameter(module: ModuleFacts, call: ast.Call, which: int | str) -> Iterator[ast.expr]:
    """Give the uses of the parameter that an argument fills, in the helpers of this name."""
    name = _named(call)
    for function in module.nodes.functions():
        if function.name != name:
            continue
        taken = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
        taken = taken[1:] if taken[:1] in (["self"], ["cls"]) else taken
        if isinstance(which, int):
            if which < len(taken):
                yield from _loads(module, taken[which], function)
        elif which in taken or which in [a.arg for a in function.args.kwonlyargs]:
            yield from _loads(module, which, function)


def _named(call: ast.Call) -> str:
    """Give the name of the helper that a call seems to mean: `helper(...)`, `self.helper(...)`."""
    name = spelled(call.func)
    return name.removeprefix("self.").removeprefix("cls.")


def _loads(module: ModuleFacts, name: str, function: Function | None) -> Iterator[ast.expr]:
    if function is not None:
        for node in walk(function):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                yield node
