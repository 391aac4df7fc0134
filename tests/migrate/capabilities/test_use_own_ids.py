"""The capability is told by sentences about ids that are written out; who adds contexts does it as well."""

import pytest

from cellwall.migrate.capabilities.registry import capability_named, match_task


@pytest.mark.parametrize(
    "task",
    [
        "Every touched test uses the context's own ids",
        "Each test takes its context's own id",
        "Replace constant user ids by the ones of the context",
        "Drop hard-coded user ids",
        "Remove hardcoded ids",
        "Give tests with constant emails those of their context",
    ],
)
def test_it_is_asked_for(task: str) -> None:
    found = match_task(task)
    assert found is not None
    assert found.capability.name == "use-own-ids"


@pytest.mark.parametrize("task", ["Verify that ids are unique", "Use the user context", "Every test is fast"])
def test_it_is_not_asked_for(task: str) -> None:
    found = match_task(task)
    assert found is None or found.capability.name != "use-own-ids"


def test_a_plan_that_does_not_ask_for_it_gets_it_with_its_contexts() -> None:
    assert set(capability_named("use-own-ids").rules) <= set(capability_named("add-user-context").rules)
