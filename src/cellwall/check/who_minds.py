"""Whether a function, its parameters, its decorators or its class have anything to do with who asks."""

import ast
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own_nodes

_MINDS: Final = deferred(
    r"user|owner|principal|permission|authori|requestor|requester|identity|tenant|account|credential|access|"
    r"member|forbid|allowed|login|jwt|organi[sz]ation|workspace|security|api_key|rls|scoped"
)


def minds_who_asks(module: ModuleFacts, function: Function) -> bool:
    """Tell whether anything in a function, its decorators or its class's bases is about who may do what."""
    for node in own_nodes(module, function):
        name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "arg", None)
        if isinstance(name, str) and _MINDS.search(name.lower()):
            return True
        if isinstance(node, ast.Constant) and node.value in ("user", "owner", "user_id"):
            return True
    cls = module.nodes.owner(function)
    places = (function.args, *function.decorator_list, *(cls.bases if cls is not None else ()))
    return any(_MINDS.search(ast.unparse(place).lower()) for place in places)
