"""Canaries are the same in every run, and different for each test and user."""

import ast

from cellwall.migrate.new_tests.canaries import canary, users


def test_canaries_differ_by_test_and_user_and_repeat() -> None:
    found = [canary(test, who) for test in ("test_a", "test_b") for who in ("amber", "birch")]
    assert len(set(found)) == 4
    assert found[0] == canary("test_a", "amber") == '"amber-31ca741b6c11"'


def test_no_user_is_the_beginning_of_another() -> None:
    ids = eval(users("test_a", 50))
    assert len(ids) == 10
    assert not [one for one in ids for other in ids if one != other and other.startswith(one)]
    assert ast.parse(users("test_b", 2))
    assert users("test_b", 2) != users("test_a", 2)
