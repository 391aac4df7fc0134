"""Which value fits which parameter, by names alone."""

from __future__ import annotations

import pytest

from cellwall.audit.facts import Fact, fit, leaves
from cellwall.canary import CanaryBook


def fact(key: str, *resources: str) -> Fact:
    return Fact("alice", key, 7, resources, "", 0)


@pytest.mark.parametrize(
    ("name", "resource", "better", "worse"),
    [
        ("note_id", "note", fact("id", "note"), fact("id", "user")),
        ("noteId", "", fact("id", "note"), fact("id", "user")),
        ("id", "note", fact("id", "note"), fact("id", "user")),
        ("id", "note", fact("note_id", "share"), fact("user_id", "share")),
        ("number", "note", fact("id", "note"), fact("id", "user")),
        ("card_id", "virtualcard", fact("id", "virtualcard", "card"), fact("id", "user")),
        ("username", "user", fact("username", "user"), fact("id", "user")),
        ("account_number", "transaction", fact("account_number", "register"), fact("id", "transaction")),
        ("user_id", "user", fact("user_id", "me"), fact("id", "user")),
    ],
)
def test_one_fits_better_than_the_other(name: str, resource: str, better: Fact, worse: Fact) -> None:
    assert fit(name, resource, better) > fit(name, resource, worse)
    assert fit(name, resource, better) >= 50


@pytest.mark.parametrize(("name", "resource"), [("currency", "price"), ("page", ""), ("format", "export")])
def test_what_names_something_else_does_not_fit(name: str, resource: str) -> None:
    assert fit(name, resource, fact("id", "note")) == 0


def test_an_objects_owner_is_told_by_its_canary() -> None:
    book = CanaryBook()
    hers, his = book.issue_value("alice", "t"), book.issue_value("bob", "t")
    data = {"items": [{"id": 1, "text": hers}, {"id": 2, "text": his, "tags": [{"id": 3}]}], "count": 2}
    owners = {(leaf.key, leaf.value): leaf.owner for leaf in leaves(data, book) if leaf.key != "text"}
    assert owners == {("id", 1): "alice", ("id", 2): "bob", ("id", 3): "bob", ("count", 2): None}
