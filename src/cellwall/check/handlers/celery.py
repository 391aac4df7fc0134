"""Celery: functions that are tasks, and `run` of a task class; a worker runs them for all users."""

import ast
from typing import Final

from cellwall.check.decorators import decorators
from cellwall.check.instances import base_names, is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"celery",)
_APPLICATIONS: Final = ("celery.Celery", "celery.app.Celery", "celery.app.base.Celery")
TASKS: Final = ("celery.Task", "celery.app.task.Task")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a worker runs this function as a task."""
    for decorator in decorators(module, function):
        if decorator.is_one_of(("celery.shared_task",)):
            return True
        if decorator.last == "task" and isinstance(decorator.node, ast.Attribute):
            base = decorator.node.value
            if is_instance(module, base, _APPLICATIONS) or "celery" in decorator.names[0].rpartition(".")[0]:
                return True
    cls = module.nodes.owner(function)
    return (
        cls is not None
        and function.name == "run"
        and any(name.endswith(TASKS) for name in base_names(module, cls))
    )
