"""What can be read off a function's head and body alone: parameters, where it waits, whether it yields."""

import ast
from typing import Final

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own_nodes

_WAITING: Final = (ast.Await, ast.AsyncFor, ast.AsyncWith)


def parameters(function: Function) -> list[ast.arg]:
    """Give the named parameters, without a leading `self` or `cls`."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return every[1:] if every and every[0].arg in ("self", "cls", "mcs", "mcls") else every


def parameter_names(function: Function) -> list[str]:
    """Give the names of the parameters, without a leading `self` or `cls`."""
    return [argument.arg for argument in parameters(function)]


def self_name(module: ModuleFacts, function: Function) -> str:
    """Give the name by which a method knows its object, "" for any other function."""
    every = [*function.args.posonlyargs, *function.args.args]
    if module.nodes.owner(function) is None or not every:
        return ""
    plain = not any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
    return every[0].arg if plain else ""


def yields(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function is a generator."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(module, function))


def waits(module: ModuleFacts, function: Function) -> list[ast.AST]:
    """Give the places where other tasks may run while this function waits, in source order.

    `yield from` counts in a coroutine of the old kind, one that `asyncio.coroutine` makes.
    """
    nodes = own_nodes(module, function)
    if isinstance(function, ast.AsyncFunctionDef):
        return [node for node in nodes if isinstance(node, _WAITING) or _is_async_loop(node)]
    return [node for node in nodes if isinstance(node, ast.YieldFrom)] if is_old_coroutine(function) else []


def _is_async_loop(node: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) and bool(node.is_async)


def is_coroutine(function: Function) -> bool:
    """Tell whether a function is a coroutine, of the new kind or the old one."""
    return isinstance(function, ast.AsyncFunctionDef) or is_old_coroutine(function)


def is_old_coroutine(function: Function) -> bool:
    """Tell whether `asyncio.coroutine` or `types.coroutine` makes a function a coroutine."""
    return any(
        (isinstance(decorator, ast.Attribute) and decorator.attr == "coroutine")
        or (isinstance(decorator, ast.Name) and decorator.id == "coroutine")
        for decorator in function.decorator_list
    )


def position(node: ast.AST) -> tuple[int, int]:
    """Give where a node starts."""
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def end(node: ast.AST) -> tuple[int, int]:
    """Give where a node ends."""
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
