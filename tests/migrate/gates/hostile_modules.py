"""New modules for the role `pool` of the fixture `isolated_desk` that prove nothing: each must be refused."""

_HEAD = """
import asyncio, os, pathlib, sys, unittest
from unittest.mock import AsyncMock
import pytest
from cellwall import WebSocketConnectionPool
from desk.sockets import Pool, TakenError

async def two():
    pool = Pool()
    first = await pool.register_connection("canary-first", "c1")
    second = await pool.register_connection("canary-second", "c2")
    await pool.send_to_user("canary-first", {"event": "canary-event"})
    return pool, first, second
"""
_CLEAN = "assert second.received_events == []"


def _test(*lines: str, mark: str = "", asks: str = "") -> str:
    """Give a module with one test that sends an event to one of two users and goes on with these lines."""
    body = "".join(f"    {line}\n" for line in ("pool, first, second = await two()", *lines))
    return f"{_HEAD}\n{mark}\nasync def test_it({asks}):\n{body}"


# name -> (the module, words of the reason)
HOSTILE = {
    "no assertion": (_test(), "passed"),
    "a literal": (_test("assert 'canary-first' != 'canary-second'"), "passed"),
    "its own copy": (_test("second.received_events = []", _CLEAN), "passed"),
    "a comment": (_test(f"pass  # {_CLEAN}"), "passed"),
    "the runtime alone": (
        "from cellwall import WebSocketConnectionPool\n"
        "async def test_it():\n"
        "    pool = WebSocketConnectionPool()\n"
        "    one = await pool.register_connection('canary-first', 'c1')\n"
        "    assert one.received_events == []\n",
        "does not reach the role",
    ),
    "the runtime beside the role": (
        _test(
            "pool = WebSocketConnectionPool()",
            "one = await pool.register_connection('canary-first', 'c1')",
            "assert one.received_events == []",
        ),
        "passed",
    ),
    "a mock": (
        _test(
            "pool = AsyncMock(spec=Pool)",
            "await pool.send_to_user('canary-first', {})",
            "pool.send_to_user.assert_awaited_once()",
        ),
        "passed",
    ),
    "one user": (_test("assert len(first.received_events) == 1"), "passed"),
    "fails always": (_test("assert 0"), "without a leak: failed"),
    "marked to be skipped": (
        _test(_CLEAN, mark="@pytest.mark.skip(reason='later')"),
        "without a leak: skipped",
    ),
    "skips itself": (_test("if second.received_events: pytest.skip('odd')", _CLEAN), "skipped"),
    "expected to fail": (_test(_CLEAN, mark="@pytest.mark.xfail(strict=False)"), "without a leak: xpassed"),
    "expected to fail when it leaks": (_test("if second.received_events: pytest.xfail('known')"), "xfailed"),
    "knows the double by its class": (
        _test("assert (type(pool).__name__, Pool.__module__) == ('Pool', 'desk.sockets')"),
        "passed",
    ),
    "knows the double by its modules": (
        _test("assert not [name for name in sys.modules if 'leaky' in name]"),
        "without a leak: failed",
    ),
    "knows the double by its code": (
        _test("assert 'sockets' in pool.send_to_user.__code__.co_filename"),
        "without a leak: failed",
    ),
    "knows the double by the environment": (
        _test("assert not [name for name in os.environ if 'LEAK' in name]"),
        "passed",
    ),
    "catches its own assertion": (
        _test("try:", f"    {_CLEAN}", "except AssertionError:", "    pass"),
        "passed",
    ),
    "awaits its check never": (_test("async def check():", f"    {_CLEAN}", "check().close()"), "passed"),
    "throws its check's answer away": (
        _test("async def check():", f"    {_CLEAN}", "await asyncio.gather(check(), return_exceptions=True)"),
        "passed",
    ),
    "no cases": (
        _test(_CLEAN, mark="@pytest.mark.parametrize('user', [])", asks="user"),
        "without a leak: skipped",
    ),
    "one case of two": (
        _test(
            "assert not leaks or second.received_events == []",
            mark="@pytest.mark.parametrize('leaks', [True, False])",
            asks="leaks",
        ),
        "passed",
    ),
    "never reached": (_test("if len(first.received_events) > 5:", f"    {_CLEAN}"), "passed"),
    "leaves before it asserts": (_test("return", _CLEAN), "passed"),
    "stumbles": (_test("{0: None}[len(second.received_events)]"), "KeyError"),
    "stumbles by a wrong type": (_test("if second.received_events: len(5)"), "TypeError"),
    "raises the target's refusal itself": (
        _test("if second.received_events: raise TakenError('c1')"),
        "TakenError",
    ),
    "fails in its set-up": (
        f"{_HEAD}\n@pytest.fixture\nasync def users():\n    pool, first, second = await two()\n    {_CLEAN}\n"
        "def test_it(users):\n    assert users is None\n",
        "error",
    ),
    "fails in its clean-up": (
        f"{_HEAD}\n@pytest.fixture\nasync def users():\n    yield\n    pool, first, second = await two()\n"
        f"    {_CLEAN}\ndef test_it(users):\n    assert users is None\n",
        "error",
    ),
    "passes once": (
        _test(
            "mark = pathlib.Path(__file__).with_name('was_here')",
            "was_here = mark.exists()",
            "mark.touch()",
            "assert not was_here",
        ),
        "passed",
    ),
    "a method that unittest does not await": (
        f"{_HEAD}\nclass TestIt(unittest.TestCase):\n    async def test_it(self):\n"
        f"        pool, first, second = await two()\n        {_CLEAN}\n",
        "without a leak",
    ),
    "no test": (_test(_CLEAN).replace("test_it", "check"), "it has no test"),
    "cannot be imported": ("import desk.nowhere\n" + _test(_CLEAN), "ModuleNotFoundError"),
}
