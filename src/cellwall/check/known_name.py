"""What an expression is called where it comes from: through aliases and re-exports, else as it is spelled."""

import ast

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled


def known_name(module: ModuleFacts, node: ast.expr) -> str:
    """Give the dotted name that an expression stands for, its spelling where that cannot be seen, or ""."""
    names = module.names(node)
    return names[-1] if names else spelled(node)


def last_name(module: ModuleFacts, node: ast.expr) -> str:
    """Give the last part of what an expression stands for, e.g. `select` for `s` of `select as s`."""
    return known_name(module, node).rpartition(".")[2]
