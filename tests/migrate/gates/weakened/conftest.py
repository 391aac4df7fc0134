"""A legacy test module that the mutants weaken and the legitimate patches migrate."""

from collections.abc import Callable, Iterable

import pytest

from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.weakened.gate import WeakenedGate

LEGACY = '''\
"""Tests of the shop, written for one user."""

import asyncio
import unittest
from unittest.mock import Mock, patch

import numpy as np
import pytest

from shop.agents import AgentRegistry, ToolRegistry
from shop.cart import Cart, total
from shop.checks import assert_isolated, check_cart
from shop.sessions import create_session
from shop.sockets import WebSocketManager

RATE = 3


@pytest.fixture
def cart():
    made = Cart("ann")
    assert made.is_empty()
    return made


@pytest.fixture
def manager():
    return WebSocketManager()


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setenv("QUIET", "1")


def check_owner(result, owner):
    assert result.owner == owner


def test_agent():
    agent = AgentRegistry.get_agent("planner")
    result = agent.run("list", limit=5)
    assert result.owner == "ann"
    assert result.items == [1, 2, 3]
    assert result.ok is True


@pytest.mark.parametrize("amount, expected", [(1, 3), (2, 6), (5, 15)])
def test_total(cart, amount, expected):
    cart.add("pen", amount)
    value = total(cart, rate=RATE)
    assert value == expected
    assert value == pytest.approx(expected, rel=1e-6)


@pytest.mark.usefixtures("quiet")
def test_loop(cart):
    for number in range(10):
        cart.add("pen", number)
        assert len(cart) == number + 1
    if cart.is_open:
        assert cart.owner == "ann"


def test_errors(cart):
    with pytest.raises(ValueError, match="negative"):
        cart.add("pen", -1)
    with pytest.warns(UserWarning):
        cart.close()


def test_mock():
    sink = Mock()
    tool = ToolRegistry.get_tool("mail")
    tool.send("hello", sink)
    sink.write.assert_called_once_with("hello")
    assert_isolated(sink)


def test_helper():
    result = AgentRegistry.get_agent("planner").run("list")
    check_owner(result, "ann")
    np.testing.assert_allclose(result.prices, [1.5, 2.5], atol=0.01)


def test_socket(manager):
    manager.connect("ann", "ws-1")
    manager.send("ann", {"event": "hi"})
    assert manager.sent("ann") == [{"event": "hi"}]
    assert manager.sent("bob") == []


async def test_coroutine(cart):
    await check_cart(cart)
    result = await cart.load()
    assert await result.count() == 0


class TestOrders:
    def setup_method(self):
        self.session = create_session()
        self.orders = []

    def test_store(self):
        self.session.add("order")
        assert self.session.count() == 1
        assert self.orders == []

    def test_empty(self):
        assert self.session.count() == 0


class OrdersCase(unittest.TestCase):
    def test_equal(self):
        agent = AgentRegistry.get_agent("orders")
        self.assertEqual(agent.count(), 2)
        with self.assertRaises(KeyError):
            agent.find("none")
'''


@pytest.fixture
def legacy() -> str:
    """The module."""
    return LEGACY


@pytest.fixture
def changed() -> Callable[[Iterable[tuple[str, str]]], str]:
    """Give a function that replaces texts in the module, each of which must stand there once."""

    def change(replacements: Iterable[tuple[str, str]]) -> str:
        text = LEGACY
        for old, new in replacements:
            assert text.count(old) == 1, f"{text.count(old)} times: {old!r}"
            text = text.replace(old, new)
        return text

    return change


@pytest.fixture
def judge(make_subject: Callable[..., Subject]) -> Callable[..., Verdict]:
    """Judge the module's change from one text to another."""

    def run(before: str, after: str, path: str = "tests/test_shop.py", **project: object) -> Verdict:
        return WeakenedGate().judge(make_subject({path: before}, {path: after}, **project))

    return run
