"""A test that asks for uvloop is told that its users ran on another loop."""

import asyncio
from typing import Any

import pytest

from cellwall.testing.many_users.asked_loop import asks_for_uvloop
from tests.testing.many_users.conftest import RunPytest


def of_uvloop() -> asyncio.AbstractEventLoop:
    """Stands for uvloop.new_event_loop."""
    raise AssertionError("never called")


of_uvloop.__module__ = "uvloop"


@pytest.mark.parametrize(
    "values",
    [
        {"anyio_backend": ("asyncio", {"use_uvloop": True})},
        {"anyio_backend": ("asyncio", {"loop_factory": of_uvloop})},
        {"_asyncio_loop_factory": of_uvloop},
    ],
)
def test_each_plugins_way_to_ask_is_known(values: dict[str, Any]) -> None:
    assert asks_for_uvloop(values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"anyio_backend": "asyncio"},
        {"anyio_backend": ("asyncio", {"use_uvloop": False})},
        {"anyio_backend": ("asyncio", {"debug": True})},
        {"_asyncio_loop_factory": asyncio.new_event_loop, "event_loop_policy": None},
    ],
)
def test_other_loops_are_not_uvloop(values: dict[str, Any]) -> None:
    assert not asks_for_uvloop(values)


def test_the_certificate_says_that_uvloop_is_replaced(run_pytest: RunPytest) -> None:
    conftest = """
import pytest
@pytest.fixture
def anyio_backend(): return "asyncio", {"use_uvloop": True}
"""
    test = """
import pytest
@pytest.mark.anyio
async def test_one(user_context): assert user_context.user_id
"""
    options = ("--concurrent-users", "2", "--schedules", "3")
    answer = run_pytest(test, *options, conftest=conftest)
    assert answer.code == 0, answer.text
    assert "not covered in 1: uvloop is replaced by the explorer's loop" in answer.text
