"""A module about several roles is given to the gate once for each role, with that role's tests."""

from cellwall.migrate.batch import NewModule
from cellwall.migrate.capabilities.capability import NewTests
from cellwall.migrate.new_tests.roles_of_tests import modules_by_role

SOURCE = b'''"""Walls."""


def helper():
    return 1


async def test_pool():
    assert helper()


def test_token():
    assert helper()


def test_other():
    assert helper()
'''


def _tests(**roles: str) -> NewTests:
    return NewTests("Walls.", "pool", lambda say: "", roles)


def test_a_module_of_one_role_stands_there_once() -> None:
    assert modules_by_role("a/test_a.py", "walls", _tests(), SOURCE) == [
        NewModule("a/test_a.py", "walls", "pool")
    ]


def test_each_test_stands_under_its_role_and_helpers_under_none() -> None:
    found = modules_by_role("a/test_a.py", "walls", _tests(test_token="token", test_absent="app"), SOURCE)
    assert found == [
        NewModule("a/test_a.py", "walls", "pool", ("test_pool", "test_other")),
        NewModule("a/test_a.py", "walls", "token", ("test_token",)),
    ]
