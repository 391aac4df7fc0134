"""Writes a new test module from a capability's tests: head, imports, functions. Pure text."""

from typing import Final

from cellwall.migrate.capabilities.capability import Capability
from cellwall.migrate.new_tests.arranged import helpers_first
from cellwall.migrate.new_tests.asynchronous import (
    async_mark,
    has_coroutines,
    marked,
    without_needless_async,
)
from cellwall.migrate.new_tests.imports import ordered
from cellwall.migrate.new_tests.margin import within_margin
from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError
from cellwall.project.config import ProjectConfig
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples

_NOTHING_OWN: Final = "`[tool.cellwall.roles]` names nothing of the project; a test would try Cellwall alone"


def module_for(capability: Capability, project: ProjectConfig, path: str) -> bytes:
    """Give the source of the module that `capability` writes at `path`, as the pytest setup there runs it.

    Raises:
        UnspellableError: the project does not say how to spell something, or runs no coroutine tests there.
    """
    source = module_source(capability, project.roles, project.samples)
    if not has_coroutines(source.decode()):
        return source
    mark = async_mark(project, path)
    return module_source(capability, project.roles, project.samples, mark=mark) if mark else source


def module_source(capability: Capability, roles: Roles, samples: Samples, *, mark: str = "") -> bytes:
    """Give the source of the module that `capability` writes in a project with these roles and samples.

    Args:
        capability: says title and tests.
        roles, samples: spell what the tests do.
        mark: the decorator for coroutine tests, "" for none.

    Raises:
        UnspellableError: the project does not say how to spell something that the tests need.
    """
    if capability.new_tests is None:
        raise UnspellableError(f"the capability {capability.name!r} writes no tests")
    spelling = Spelling(roles, samples)
    written = helpers_first(capability.new_tests.write(spelling))
    if spelling.of_the_runtime_alone():
        raise UnspellableError(_NOTHING_OWN)
    body = within_margin(without_needless_async(written))
    if mark and has_coroutines(body):
        spelling.use("import pytest")
        body = marked(body, mark)
    head = f'"""{capability.new_tests.title}"""'
    return "\n\n".join([head, *ordered(spelling.imports), f"\n{body}\n"]).encode()
