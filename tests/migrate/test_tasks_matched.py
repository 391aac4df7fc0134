"""A task is told what it is taken for: by which words, and what will be done."""

import pytest

from cellwall.migrate.tasks_matched import TaskMatch, task_match


@pytest.mark.parametrize(
    ("sentence", "capability", "words", "does"),
    [
        (
            "Move the board to the connection pool",
            "use-connection-pool",
            {"connection", "pool"},
            ["repairs what singleton-websocket-manager finds"],
        ),
        (
            "Verify that sessions are disposed",
            "session-disposal",
            {"session", "disposed"},
            ["writes tests for the role session"],
        ),
    ],
)
def test_a_match_says_what_it_does(sentence: str, capability: str, words: set[str], does: list[str]) -> None:
    found = task_match(sentence)
    assert (found.capability, set(found.words), list(found.does)) == (capability, words, does)


def test_a_capability_of_both_kinds_says_both() -> None:
    repairs, writes = task_match("Update the service specific isolation patterns").does
    assert repairs.startswith("repairs what ")
    assert repairs.endswith(" find")
    assert writes.startswith("writes tests for the roles ")
    assert " and " in writes


def test_where_things_are_fetched_from_is_a_change() -> None:
    sentence = "Fetch helpers through the factory instead of the global registry"
    assert task_match(sentence).capability == "replace-registry-access"


def test_nothing_is_taken_for_nothing() -> None:
    assert task_match("Paint the vans green") == TaskMatch("", (), ())
    assert task_match("") == TaskMatch("", (), ())
