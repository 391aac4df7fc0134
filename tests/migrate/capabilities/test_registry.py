"""The built-in capabilities: found by their files, each apart, each with rules that exist."""

import importlib
import pkgutil

import pytest

import cellwall.check.javascript.rules
import cellwall.check.rules
from cellwall.migrate.capabilities.registry import all_capabilities, match_task


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("Replace all WidgetRegistry.get_widget() with factory pattern", "replace-registry-access"),
        ("Take each agent from its factory", "replace-registry-access"),
        ("Get rid of nothing and remove global state", "remove-global-state"),
        ("Migrate tool creation to the ToolFactory", "replace-registry-access"),
        ("Remove sessions that tests share as a shared session", "remove-shared-session"),
        ("Rewrite tests to open one session per request", "remove-shared-session"),
        ("Move every board to the connection pool", "use-connection-pool"),
        ("Drop the WebSocket manager", "use-connection-pool"),
        ("Drop the single Web Socket Manager", "use-connection-pool"),
        ("Verify that no registry is shared", None),
        ("Add a session test for concurrent users", None),
        ("Test the connection pool under load", None),
        ("Update the documentation", None),
    ],
)
def test_tasks(task: str, name: str | None) -> None:
    found = match_task(task)
    assert (found.capability.name if found else None) == name


def test_capabilities_are_sorted_and_named_apart() -> None:
    names = [capability.name for capability in all_capabilities()]
    assert names == sorted(set(names))
    assert len(names) >= 3


def test_every_rule_of_a_capability_exists() -> None:
    modules = [
        importlib.import_module(f"{room.__name__}.{module.name}")
        for room in (cellwall.check.rules, cellwall.check.javascript.rules)
        for module in pkgutil.iter_modules(room.__path__)
    ]
    known = {
        value.name
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and isinstance(getattr(value, "name", None), str)
    }
    wanted = {rule for capability in all_capabilities() for rule in capability.rules}
    assert wanted <= known
