"""LangGraph: nodes of a graph that `add_node` makes, entry points, tasks; one graph serves all requests."""

import ast
from typing import Final

from cellwall.check.called_names import calls_named
from cellwall.check.decorators import decorators
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"langgraph",)
GRAPHS: Final = (
    "langgraph.graph.StateGraph",
    "langgraph.graph.state.StateGraph",
    "langgraph.graph.MessageGraph",
)

_FUNCTIONAL: Final = ("langgraph.func.entrypoint", "langgraph.func.task")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function is a node of a graph that is built in this module."""
    return function.name in module.fact(_nodes) or any(
        decorator.is_one_of(_FUNCTIONAL) for decorator in decorators(module, function)
    )


def _nodes(module: ModuleFacts) -> frozenset[str]:
    found: set[str] = set()
    for call in calls_named(module, ("add_node",)):
        if isinstance(call.func, ast.Attribute) and is_instance(module, call.func.value, GRAPHS):
            found.update(node.id for node in call.args if isinstance(node, ast.Name))
            found.update(node.attr for node in call.args if isinstance(node, ast.Attribute))
    return frozenset(found)
