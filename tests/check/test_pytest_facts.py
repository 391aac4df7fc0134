"""Which functions pytest collects, injects into, and which are fixtures."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts

SOURCE = """
import unittest
from unittest.mock import patch
import pytest, pytest_asyncio
from base import Shared, AsyncShared

@pytest.fixture(scope="module", name="other", autouse=True)
def named(): ...

@pytest_asyncio.fixture
async def asynchronous(): ...

def test_plain(a): ...

@patch("x")
@pytest.mark.slow
def test_patched(m, a): ...

@given(x=1)
def test_unknown_decorator(x): ...

def helper(a): ...

class TestCollected:
    def test_method(self, a): ...
    def helper_method(self, a): ...
    class TestInner:
        def test_inner(self, a): ...

class TestWithInit:
    def __init__(self): ...
    def test_of_init(self, a): ...

class Helpers:
    def test_of_helpers(self, a): ...

class Unit(unittest.TestCase):
    def test_unit(self): ...

class Through(Shared):
    def test_through(self): ...

class Asynchronous(AsyncShared):
    async def test_asynchronous(self): ...

class Chain(Through):
    def test_chain(self): ...

def outer():
    def test_nested(a): ...
"""
PROJECT = ProjectFacts(unittest_classes={"base.Shared": False, "base.AsyncShared": True})


def facts(path: str = "tests/test_m.py") -> ModuleFacts:
    module = module_facts(path, dedent(SOURCE).encode(), PROJECT)
    assert isinstance(module, ModuleFacts)
    return module


def test_collected_and_injected() -> None:
    module = facts()
    functions = module.nodes.functions()
    collected = {f.name for f in functions if module.pytest.is_collected(f)}
    unit = {"test_unit", "test_through", "test_asynchronous", "test_chain"}
    plain = {"test_plain", "test_patched", "test_method", "test_inner"}
    assert collected == unit | plain | {"test_unknown_decorator"}
    injected = {f.name for f in functions if module.pytest.injects(f)}
    assert injected == plain | {"named", "asynchronous"}


def test_a_file_of_another_name_has_no_tests() -> None:
    module = facts("tests/helpers.py")
    assert not any(module.pytest.is_collected(f) for f in module.nodes.functions())


def test_unittest_classes_across_files() -> None:
    module = facts()
    kinds = {cls.name: module.pytest.unittest_kind(cls) for cls in module.nodes.of(ast.ClassDef)}
    assert kinds["Unit"] is False
    assert kinds["Through"] is False
    assert kinds["Chain"] is False
    assert kinds["Asynchronous"] is True
    assert kinds["TestCollected"] is None


def test_fixtures() -> None:
    module = facts()
    other = module.pytest.fixtures["other"][0]
    assert (other.function.name, other.scope, other.autouse) == ("named", "module", True)
    assert module.pytest.fixtures["asynchronous"][0].scope == "function"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import pytest\n@pytest.mark.asyncio\ndef test_a(): ...", True),
        ("import pytest\npytestmark = [pytest.mark.asyncio]\ndef test_a(): ...", True),
        ("import pytest\nclass TestA:\n  pytestmark = pytest.mark.asyncio\n  def test_a(self): ...", True),
        ("import pytest\n@pytest.mark.slow\ndef test_a(): ...", False),
    ],
)
def test_marks(source: str, expected: bool) -> None:
    module = module_facts("tests/test_m.py", source.encode(), ProjectFacts())
    assert isinstance(module, ModuleFacts)
    assert module.pytest.has_mark(module.nodes.functions()[0], "asyncio") is expected
    assert module.pytest.uses_mark("asyncio") is expected


def test_a_decorator_that_leads_through_a_parameter_ends() -> None:
    source = """
import pytest

def decorated(function):
    return function

mark = decorated(print)

@mark
def test_a(given):
    given()

@pytest.fixture
def given():
    return mark(1)
"""
    module = module_facts("tests/test_m.py", source.encode(), ProjectFacts())
    assert isinstance(module, ModuleFacts)
    for call in module.of(ast.Call):
        module.resolve(call.func)
    assert list(module.pytest.fixtures) == ["given"]
