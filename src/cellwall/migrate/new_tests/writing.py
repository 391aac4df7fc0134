"""Writes a new test module from a capability's tests: head, imports, functions. Pure text."""

from cellwall.migrate.capabilities.capability import Capability
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples


def module_source(capability: Capability, roles: Roles, samples: Samples) -> bytes:
    """Give the source of the module that `capability` writes in a project with these roles and samples.

    Raises:
        UnspellableError: the project does not say how to spell something that the tests need.
    """
    if capability.new_tests is None:
        raise UnspellableError(f"the capability {capability.name!r} writes no tests")
    spelling = Spelling(roles, samples)
    body = capability.new_tests.write(spelling).strip("\n")
    head = f'"""{capability.new_tests.title}"""'
    imports = _imports(spelling.imports)
    return "\n\n".join([head, *imports, f"\n{body}\n"]).encode()


def _imports(lines: set[str]) -> list[str]:
    """Group the lines as import sorters do: the standard library, then the rest, each group sorted."""
    standard = sorted(lines & STANDARD)
    others = sorted(lines - STANDARD, key=lambda line: (line.split()[1], line))
    return ["\n".join(group) for group in (standard, others) if group]


STANDARD = frozenset({"import asyncio", "import gc", "import json", "import uuid", "import weakref"})
