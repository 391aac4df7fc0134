"""Coroutines that code makes on purpose without awaiting them at once: it runs them together, or as tasks."""

import ast
from typing import Final

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.pytest_facts import spelled

_RUNNING: Final = frozenset({"gather", "create_task", "ensure_future", "wait_for", "shield", "as_completed"})


def is_awaited_later(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a call stands in a runner's arguments, or in a list whose items a runner is given."""
    value: ast.AST = call
    parent = module.nodes.parent(call)
    while isinstance(parent, (ast.ListComp, ast.GeneratorExp, ast.List, ast.Tuple, ast.Starred)):
        if isinstance(parent, (ast.ListComp, ast.GeneratorExp)) and parent.elt is not value:
            return False
        value, parent = parent, module.nodes.parent(parent)
    if isinstance(parent, ast.Call):
        return value in parent.args and _runs(parent)
    function = module.function(call)
    if value is call or function is None or not isinstance(parent, ast.Assign):
        return False
    names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
    return any(
        isinstance(node, ast.Call)
        and _runs(node)
        and any(
            isinstance(a, ast.Starred) and isinstance(a.value, ast.Name) and a.value.id in names
            for a in node.args
        )
        for node in walk(function)
    )


def _runs(call: ast.Call) -> bool:
    return spelled(call.func).rpartition(".")[2] in _RUNNING
