"""The capability is told by sentences that want nothing kept between tests; registries count too."""

import pytest

from cellwall.migrate.capabilities.registry import capability_named, match_task


@pytest.mark.parametrize(
    "task",
    [
        "Remove any global state references",
        "Remove global state references",
        "Clear out what is left of global state",
        "No test may keep state between tests",
        "no test may keep state between tests",
        "Let nobody hand state on between tests",
        "Move module-level state into the tests that use it",
        "Replace global variables by fixtures",
        "Avoid global state in helpers",
    ],
)
def test_it_is_asked_for(task: str) -> None:
    found = match_task(task)
    assert found is not None
    assert found.capability.name == "remove-global-state"


@pytest.mark.parametrize(
    "task",
    [
        "Verify that state is isolated between tests",
        "Remove shared sessions between tests",
        "Take agents from the factory, not from the global registry",
        "Document the global state",
        "Test agent state isolation",
    ],
)
def test_it_is_not_asked_for(task: str) -> None:
    found = match_task(task)
    assert found is None or found.capability.name != "remove-global-state"


def test_it_does_what_replacing_registries_does_and_more() -> None:
    old, new = (set(capability_named(n).rules) for n in ("replace-registry-access", "remove-global-state"))
    assert new - old == {"global-test-state", "script-state-shared-by-tests"}
    assert old <= new
