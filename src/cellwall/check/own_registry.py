"""Tells a registry that a test made and filled to test the registry itself from one that everybody shares."""

import ast
from collections.abc import Iterator

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.pytest_facts import Fixture

_FILLING = ("register", "add", "unregister")


def is_own_registry(module: ModuleFacts, receiver: ast.expr) -> bool:
    """Tell whether a test made the object at `receiver` itself and put into it what it now takes out.

    Such a test tests the registry; there is nothing of another user in it. A registry that is only made and
    asked, or filled with the application's own defaults (`register_defaults()`), stands for the shared one.
    """
    origin = module.resolve(receiver)
    if not module.is_test or origin is None or not origin.made:
        return False
    spelled = ast.unparse(receiver)
    return any(_fills(function, name) for function, name in _places(module, receiver, spelled))


def was_given(module: ModuleFacts, receiver: ast.expr) -> str:
    """Give the call that ties a registry which a test made to other things of that test, "" for none.

    What such a registry hands out works with them: a double that it was given, an engine that has it. What a
    factory makes does not.
    """
    origin = module.resolve(receiver)
    if not module.is_test or origin is None or not origin.made:
        return ""
    spelled = ast.unparse(receiver)
    setters = (_setter(function, name) for function, name in _places(module, receiver, spelled))
    return next((setter for setter in setters if setter), "")


def _setter(function: Function, spelled: str) -> str:
    for node in walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = node.func.attr.startswith("set_") and bool(node.args or node.keywords)
            if given and ast.unparse(node.func.value) == spelled:
                return node.func.attr
        if isinstance(node, ast.Call) and any(ast.unparse(argument) == spelled for argument in node.args):
            return ast.unparse(node.func)
    return ""


def _places(module: ModuleFacts, receiver: ast.expr, spelled: str) -> Iterator[tuple[Function, str]]:
    """Give the functions that may fill the object, each with what the object is called there."""
    function = module.function(receiver)
    if function is None:
        return
    yield function, spelled
    if isinstance(receiver, ast.Name):
        fixture = module.pytest.find_fixture(function, receiver.id)
        if isinstance(fixture, Fixture):
            for node in walk(fixture.function):
                if isinstance(node, (ast.Return, ast.Yield)) and isinstance(node.value, ast.Name):
                    yield fixture.function, node.value.id
    owner = module.nodes.owner(function)
    if owner is not None and spelled.startswith("self."):
        for method in owner.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and not method.name.startswith(
                "test"
            ):
                yield method, spelled


def _fills(function: Function, spelled: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.startswith(_FILLING)
        and bool(node.args or node.keywords)
        and ast.unparse(node.func.value) == spelled
        for node in walk(function)
    )
