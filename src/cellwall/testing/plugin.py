"""Cellwall's pytest plugin: what every test of a target may ask for. Imports nothing but pytest's own.

The machinery that runs tests as many users is imported by the first session that asks for it.
"""

import sys
from typing import Any, Final

import pytest

from cellwall.testing.allow_sharing import allow_sharing
from cellwall.testing.options import MARKER, add_options, amplified_packages, is_asked, switched_off
from cellwall.testing.user_context import for_anyio_too, user_context

__all__ = [
    "allow_sharing",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_load_initial_conftests",
    "pytest_unconfigure",
    "user_context",
]

_HOOKS: Final = "cellwall_many_users"
_finders: list[Any] = []  # the import hooks of this session


def pytest_addoption(parser: Any) -> None:
    """Add the options for running tests as many users."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> None:
    """Put the import hook in place before the first conftest imports what is to be amplified."""
    packages = amplified_packages(early_config)
    if packages:
        from cellwall.testing.many_users.amplified_tests import amplify  # noqa: PLC0415  # heavy, seldom

        _finders.append(amplify(packages))


def pytest_unconfigure() -> None:
    """Take the import hook away again."""
    for finder in _finders:
        sys.meta_path.remove(finder)
    _finders.clear()


def pytest_configure(config: Any) -> None:
    """Make the marker known, and load the machinery where the options ask for it."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(users=, schedules=, budget=, seed=, cancel=): run the test as many users at once",
    )
    if is_asked(config) and not switched_off(config):
        _load(config, at_least=2)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Load the machinery where a test's marker asks for it."""
    for_anyio_too(config, items)
    if config.pluginmanager.has_plugin(_HOOKS) or switched_off(config):
        return
    if _has_marker(items):
        _load(config)


def _has_marker(items: list[Any]) -> bool:
    """Tell whether a test, a class or a module bears the marker; each node is looked at once."""
    nodes = set(items)
    while nodes:
        if any(mark.name == MARKER for node in nodes if node.own_markers for mark in node.own_markers):
            return True
        nodes = {node.parent for node in nodes} - {None}
    return False


def _load(config: Any, at_least: int = 0) -> None:
    """Register the machinery; only where the session's defaults ask for `at_least` so many users."""
    from cellwall.testing.many_users.settings import read_defaults  # noqa: PLC0415  # seldom

    defaults = read_defaults(config)
    if defaults.users < at_least:
        return
    from cellwall.testing.many_users.hooks import ManyUsersHooks  # noqa: PLC0415  # heavy, seldom

    config.pluginmanager.register(ManyUsersHooks(defaults), _HOOKS)
