"""Tokens whose claims are read without a library: split at the dots, decoded, and loaded as JSON."""

import ast
import re
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own, own_nodes

_LOADING: Final = ("json.loads", "orjson.loads", "ujson.loads", "msgspec.json.decode")
_DECODING: Final = ("base64.urlsafe_b64decode", "base64.b64decode", "base64.decodebytes")
_CHECKS: Final = deferred(r"verif|signature|hmac|compare_digest|jwks|trusted", re.IGNORECASE)


def reads_by_hand(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a call loads the claims of a token, in a function that checks no signature."""
    function = module.function(call)
    if function is None or module.matches(call.func, _LOADING) is None:
        return False
    decoded = [
        node
        for node in _made_of(module, function, call)
        if isinstance(node, ast.Call) and module.matches(node.func, _DECODING) is not None
    ]
    middle = any(
        _is_middle(module, function, node) for one in decoded for node in _made_of(module, function, one)
    )
    return middle and not any(_checks(node) for node in own_nodes(module, function))


def _made_of(module: ModuleFacts, function: Function, call: ast.Call) -> list[ast.AST]:
    """Give the nodes of a call's arguments, and of what their names were assigned to in the function."""
    given = [node for argument in call.args for node in walk(argument)]
    names = {node.id for node in given if isinstance(node, ast.Name)}
    assigned = [
        assignment.value
        for assignment in own(module, function, ast.Assign)
        if any(isinstance(target, ast.Name) and target.id in names for target in assignment.targets)
    ]
    return [*given, *(node for value in assigned for node in walk(value))]


def _is_middle(module: ModuleFacts, function: Function, node: ast.AST) -> bool:
    """Tell whether a node is the second part of what is split at dots, taken by index or by name."""
    match node:
        case ast.Subscript(value=value, slice=ast.Constant(value=1)):
            return _is_split(value) or any(
                _is_split(assignment.value)
                for assignment in own(module, function, ast.Assign)
                if any(ast.dump(target) == _stored(value) for target in assignment.targets)
            )
        case ast.Name(id=name):
            return any(
                _is_split(assignment.value) and _second(assignment) == name
                for assignment in own(module, function, ast.Assign)
            )
    return False


def _is_split(value: ast.expr) -> bool:
    """Tell whether a text is split at all its dots; at one dot only, it has no signature yet."""
    match value:
        case ast.Call(
            func=ast.Attribute(attr="split" | "rsplit"), args=[ast.Constant(value="." | b"."), *most]
        ):
            return not any(isinstance(one, ast.Constant) and one.value == 1 for one in most)
    return False


def _second(assignment: ast.Assign) -> str:
    match assignment.targets:
        case [ast.Tuple(elts=[_, ast.Name(id=name), *_]) | ast.List(elts=[_, ast.Name(id=name), *_])]:
            return name
    return ""


def _stored(value: ast.expr) -> str:
    return ast.dump(ast.Name(value.id, ast.Store())) if isinstance(value, ast.Name) else ""


def _checks(node: ast.AST) -> bool:
    """Tell whether a node names a check of a signature."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return _CHECKS.search(name) is not None
    return False
