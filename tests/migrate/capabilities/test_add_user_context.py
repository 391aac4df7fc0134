"""The capability is told by sentences that ask for a context where there is none, however they say it."""

import pytest

from cellwall.migrate.capabilities.registry import match_task


@pytest.mark.parametrize(
    "task",
    [
        "Add VisitContext to every fixture of the tests",
        "Give each test a user context",
        "Pass the execution context through all fixtures",
        "Introduce a context in the test fixtures",
    ],
)
def test_it_is_asked_for(task: str) -> None:
    found = match_task(task)
    assert found is not None
    assert found.capability.name == "add-user-context"


@pytest.mark.parametrize("task", ["Verify that a user context is closed", "Add colours to the fixtures"])
def test_it_is_not_asked_for(task: str) -> None:
    found = match_task(task)
    assert found is None or found.capability.name != "add-user-context"
