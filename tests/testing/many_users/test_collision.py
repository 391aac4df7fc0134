"""Two users who share a constant are told apart from a leak, whatever way the constant comes in."""

import pytest

from cellwall.testing.many_users.constants import constants_of
from cellwall.testing.many_users.rewrite import OtherConstant, own_constant
from tests.testing.many_users.conftest import RunPytest

DESK = """
import asyncio, pytest
from pathlib import Path

class Accounts(dict):
    async def open(self, email, owner):
        await asyncio.sleep(0)
        if email in self:
            raise ValueError("UNIQUE constraint failed: accounts.email")
        self[email] = owner

@pytest.fixture
def accounts(): return Accounts()
"""
WAYS = {
    "code": """
async def test_it(accounts, user_context):
    await accounts.open("ada@example.com", user_context)
""",
    "global": """
EMAIL = "ada@example.com"
async def test_it(accounts, user_context):
    await accounts.open(EMAIL, user_context)
""",
    "own fixture": """
@pytest.fixture
async def account(accounts, user_context):
    await accounts.open("ada@example.com", user_context)
async def test_it(account): pass
""",
    "shared fixture": """
@pytest.fixture
def email(): return "ada@example.com"
async def test_it(accounts, email, user_context):
    await accounts.open(email, user_context)
""",
    "parameter": """
@pytest.mark.parametrize("email", ["ada@example.com"], ids=[""])
async def test_it(accounts, email, user_context):
    await accounts.open(email, user_context)
""",
    "number": """
async def test_it(accounts, user_context):
    await accounts.open(4711, user_context)
""",
    "decorated": """
import functools
def noted(function):
    @functools.wraps(function)
    async def inner(*args, **kwargs):
        return await function(*args, **kwargs)
    return inner
@noted
@noted
async def test_it(accounts, user_context):
    await accounts.open("ada@example.com", user_context)
""",
    "session": """
@pytest.fixture(scope="session")
def accounts(): return Accounts()
async def test_it(accounts, user_context):
    await accounts.open("ada@example.com", user_context)
""",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_shared_constant_is_named_with_its_line(run_pytest: RunPytest, way: str) -> None:
    tests = DESK + WAYS[way]
    found = run_pytest(tests, "--concurrent-users", "3")
    [record] = found.records.values()
    assert record["verdict"] == "collision", found.text
    constant = "4711" if way == "number" else "'ada@example.com'"
    assert f"all users share the constant {constant} (" in record["text"]
    line = int(record["text"].partition("test_it.py:")[2].partition(")")[0])
    shown = tests.splitlines()[line - 1]
    assert constant.strip("'") in shown or shown.startswith(("async def test_it", "@pytest.mark.parametrize"))


def test_a_leak_that_a_constant_hides_is_a_leak_with_a_hint(run_pytest: RunPytest) -> None:
    found = run_pytest(
        DESK
        + """
async def test_it(accounts, user_context):
    accounts["draft"] = user_context.user_id
    await asyncio.sleep(0)
    assert accounts["draft"] == user_context.user_id
""",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_it": "leak"}
    assert "if 'draft' (" in found.text
    assert "is meant to be one user's, they collide on it" in found.text


def test_a_leak_without_words_of_others_is_a_leak(run_pytest: RunPytest) -> None:
    found = run_pytest(
        DESK
        + """
@pytest.fixture
def box(): return []
async def test_it(box, user_context):
    box.append(1)
    await asyncio.sleep(0)
    assert len(box) == 1
""",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_it": "leak"}
    assert "passes for one user alone and fails beside others" in found.text


def test_what_is_raised_beside_others_without_their_values_is_interference(run_pytest: RunPytest) -> None:
    found = run_pytest(
        DESK
        + """
@pytest.fixture
def door(): return []
async def test_it(door, user_context):
    if door:
        raise OSError("busy")
    door.append(None)
    await asyncio.sleep(0)
    door.clear()
""",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_it": "interference"}
    assert "beside others OSError is raised" in found.text


def test_residue_is_not_called_an_ordinary_failure(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio
taken = []
async def test_it(user_context):
    await asyncio.sleep(0)
    assert not taken
    taken.append(1)
""",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_it": "undecided"}


def test_each_user_has_another_value_of_the_same_kind() -> None:
    values = [own_constant("ada@x.org", user, turn) for user in ("u1", "u12") for turn in (1, 2)]
    assert values == ["ada+u1r1@x.org", "ada+u1r2@x.org", "ada+u12r1@x.org", "ada+u12r2@x.org"]
    assert own_constant("key", "u2", 1) == "key-u2r1"
    assert own_constant(7, "u2", 0) == 2007
    assert len({own_constant(7, f"u{n}", turn) for n in range(1, 100) for turn in range(9)}) == 99 * 9


def test_only_the_constant_changes() -> None:
    def work(word: str = "a", *, flag: bool = True) -> tuple[object, ...]:
        def inner() -> str:
            return "key"

        return word, flag, inner(), 1, True, "other"

    changed = OtherConstant("key", "mine").function(work)
    assert changed() == ("a", True, "mine", 1, True, "other")
    assert work()[2] == "key"
    assert OtherConstant(1, 5).function(work)()[3:5] == (5, True), "True is no 1"
    assert OtherConstant("key", "mine").arguments({"a": "key", "b": 1}) == {"a": "mine", "b": 1}
    assert OtherConstant("key", "mine").function(len) is len


def test_constants_have_their_lines_and_documents_are_none() -> None:
    def work() -> str:
        """A document."""
        return "one" + str(2345)

    found = {each.value: each.line for each in constants_of([work], [("argument", "given"), ("other", 1.5)])}
    first = work.__code__.co_firstlineno
    assert found == {"one": first + 2, 2345: first + 2, "given": first}


def test_what_pytest_writes_into_assertions_is_no_constant_of_the_test() -> None:
    def work(found: str) -> None:
        assert found.strip() == "ada@example.com" and len(found) < 99, "py7 is told"

    def plain() -> str:
        return "py10"

    assert "@pytest_ar" in work.__code__.co_names, "this file's assertions are rewritten"
    found = {each.value for each in constants_of([work, plain], [])}
    assert {"ada@example.com", 99, "py7 is told", "py10"} <= found
    written = {each for each in found if isinstance(each, str) and "py" in each}
    assert written == {"py7 is told", "py10"}


@pytest.mark.parametrize(
    "check",
    [
        "assert len(seen) < 2",
        'if len(seen) > 1: pytest.fail("somebody else is here")',
        "with pytest.raises(IndexError): seen[1]",
        "async with asyncio.TaskGroup() as group: group.create_task(alone(seen))",
    ],
    ids=["a limit", "pytest.fail", "pytest.raises", "task group"],
)
def test_what_a_test_says_in_other_words_is_an_assertion_too(run_pytest: RunPytest, check: str) -> None:
    found = run_pytest(
        "import asyncio, pytest\n"
        "@pytest.fixture\ndef seen(): return []\n"
        "async def alone(seen): assert len(seen) == 1\n"
        "async def test_it(seen, user_context):\n"
        "    seen.append(1)\n    await asyncio.sleep(0)\n"
        f"    {check}\n    seen.pop()\n",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_it": "leak"}, found.text
