"""Which role each test of a new module is about. Pure: reads the module's source, runs nothing."""

import ast

from cellwall.migrate.batch import NewModule
from cellwall.migrate.capabilities.capability import NewTests


def modules_by_role(path: str, capability: str, tests: NewTests, source: bytes) -> list[NewModule]:
    """Give the module once for each role that tests of it are about, sorted by role.

    Args:
        path: where the module stands.
        capability: who wrote it.
        tests: says which test is about which role.
        source: the module.
    """
    if not tests.roles:
        return [NewModule(path, capability, tests.role)]
    names: dict[str, list[str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            names.setdefault(tests.roles.get(node.name, tests.role), []).append(node.name)
    return [NewModule(path, capability, role, tuple(names[role])) for role in sorted(names)]
