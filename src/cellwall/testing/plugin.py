"""Cellwall's pytest plugin: what every test of a target may ask for. Imports nothing but pytest's own.

The machinery that runs tests as many users is imported by the first session that asks for it.
"""

from typing import Any, Final

import pytest

from cellwall.testing.many_users.settings import MARKER, add_options, read_defaults, switched_off
from cellwall.testing.user_context import pytest_fixture_setup, user_context

__all__ = [
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_fixture_setup",
    "user_context",
]

_HOOKS: Final = "cellwall_many_users"


def pytest_addoption(parser: Any) -> None:
    """Add the options for running tests as many users."""
    add_options(parser)


def pytest_configure(config: Any) -> None:
    """Make the marker known, and load the machinery where the options ask for it."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(users=, schedules=, budget=, seed=, cancel=): run the test as many users at once",
    )
    if not switched_off(config) and read_defaults(config).users > 1:
        _load(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Load the machinery where a test's marker asks for it."""
    if config.pluginmanager.has_plugin(_HOOKS) or switched_off(config):
        return
    if any(item.get_closest_marker(MARKER) for item in items):
        _load(config)


def _load(config: Any) -> None:
    from cellwall.testing.many_users.hooks import ManyUsersHooks  # noqa: PLC0415  # heavy, seldom

    config.pluginmanager.register(ManyUsersHooks(read_defaults(config)), _HOOKS)
