"""What an expression is called where it comes from: through aliases and re-exports, else as it is spelled."""

import ast

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_facts import last_name as spelled_last
from cellwall.check.pytest_facts import spelled


def known_name(module: ModuleFacts, node: ast.expr) -> str:
    """Give the dotted name that an expression stands for, its spelling where that cannot be seen, or ""."""
    names = module.names(node)
    return names[-1] if names else spelled(node)


def last_name(module: ModuleFacts, node: ast.expr) -> str:
    """Give the last part of what an expression stands for, e.g. `select` for `s` of `select as s`."""
    return known_name(module, node).rpartition(".")[2]


def is_named(module: ModuleFacts, node: ast.expr, names: tuple[str, ...]) -> bool:
    """Tell whether `last_name` of an expression is one of these; of most their spelling says that not."""
    return _may_be_named(module, node, names) and last_name(module, node) in names


def _may_be_named(module: ModuleFacts, node: ast.expr, names: tuple[str, ...]) -> bool:
    """Tell whether a name is spelled so, or may stand for something else."""
    name = spelled_last(node)
    if name is None or name in names:
        return True
    project = module.project
    if name in project.alias_names or name in project.instance_names:
        return True
    return module.may_name(names) and name in module.given_names
