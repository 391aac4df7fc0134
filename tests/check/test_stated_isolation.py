"""Statements are read from a line's start to the end of their paragraph, in three parts."""

import pytest

from cellwall.check.stated_isolation import names_in, stated_in


def test_a_statement_in_the_middle_of_a_docstring() -> None:
    found = stated_in(
        "Says hello.\n\n    Isolation: first; pool.send\n    routes; events, also; more.\n\n    End."
    )
    assert found is not None
    assert (found.owner, found.mechanism, found.boundary) == (
        "first",
        "pool.send routes",
        "events, also; more",
    )


@pytest.mark.parametrize("text", ["", "On Isolation: a; b; c", "isolation: a; b; c", "Isolation is good"])
def test_what_is_no_statement(text: str) -> None:
    assert stated_in(text) is None


def test_parts_that_are_missing_are_empty() -> None:
    found = stated_in("Isolation: all is well.")
    assert found is not None
    assert (found.owner, found.mechanism, found.boundary) == ("all is well", "", "")


def test_prose_holds_no_names_of_code() -> None:
    assert names_in("Each WebSocket of e.g. first_user stays; run() too") == {"first_user", "run"}
