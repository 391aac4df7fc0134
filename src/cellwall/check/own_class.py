"""Which expressions in a method stand for its class, and so for what all its objects share."""

import ast
from typing import Final

from cellwall.check.function_shape import self_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.pytest_facts import spelled

_GIVEN_CLASS: Final = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


def is_own_class(module: ModuleFacts, function: Function, node: ast.expr) -> bool:
    """Tell whether an expression is the method's class: `cls`, `type(self)`, `self.__class__`, its name."""
    cls, own = module.nodes.owner(function), self_name(module, function)
    if cls is None:
        return False
    match node:
        case ast.Name(id=name):
            return name == cls.name or (name == own and takes_class(function))
        case ast.Attribute(value=ast.Name(id=name), attr="__class__"):
            return name == own
        case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=name)]):
            return name == own
    return False


def takes_class(function: Function) -> bool:
    """Tell whether a method is given its class first, whatever it calls it."""
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return (
        function.name in _GIVEN_CLASS
        or any(argument.arg == "cls" for argument in first)
        or any(spelled(decorator) == "classmethod" for decorator in function.decorator_list)
    )
