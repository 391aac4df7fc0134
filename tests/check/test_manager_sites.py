"""Which managers a test sees together."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.manager_sites import ManagerSites, is_about_singleton, reads_instance
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts


def sites(source: str) -> tuple[ModuleFacts, ManagerSites]:
    facts = module_facts("tests/test_example.py", dedent(source).encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    return facts, ManagerSites(facts, [c for c in facts.of(ast.Call) if facts.text(c.func) == "make"])


ALONE = {
    "once": """
        def test_one():
            x = make()
        """,
    "a fixture asked for in two ways": """
        import pytest

        @pytest.fixture
        def x():
            return make()

        @pytest.fixture
        def y(x):
            return [x]

        def test_one(x, y):
            pass
        """,
    "on self, used by the test and its helper": """
        class TestOne:
            def setup_method(self):
                self.x = make()

            def help(self):
                self.x.a()

            def test_one(self):
                self.help()
                self.x.b()
        """,
    "two tests, one each, and a runner": """
        def test_one():
            x = make()

        def test_two():
            x = make()

        def main():
            test_one()
            test_two()
        """,
}
ALONE |= {
    "within each turn of a loop": """
        def test_one():
            for _ in "ab":
                x = make()
                Engine(x)
        """,
    "within each of two blocks": """
        async def test_one():
            seen = {}
            try:
                x = make()
                await x.open("a")
                seen["a"] = Engine(x).called
            except OSError:
                seen["a"] = False
            try:
                x = make()
                await x.open("b")
                seen["b"] = isinstance(Engine(x), str)
            except OSError:
                seen["b"] = False
            assert all(seen.values())
        """,
    "one of two branches": """
        def test_one(asked):
            if asked:
                x = make()
            else:
                x = make()
            x.open()
        """,
    "kept by a method that is called once": """
        class Desk:
            def open(self):
                self.x = make()

        def test_one():
            desk = Desk()
            desk.open()
            desk.x.send()
        """,
}
TOGETHER = {
    "twice": """
        def test_one():
            x = make()
            y = make()
            x.open(y)
        """,
    "in a loop": """
        def test_one():
            for _ in "ab":
                x = make()
            x.open()
        """,
    "in two blocks that ask for its state": """
        def test_one():
            try:
                x = make()
                x.open()
            except OSError:
                pass
            try:
                y = make()
                assert y.size() == 1
            except OSError:
                pass
        """,
    "beside a fixture": """
        import pytest

        @pytest.fixture
        def x():
            return make()

        def test_one(x):
            y = make()
        """,
    "by a helper that is called twice": """
        def opened():
            return make()

        def test_one():
            opened()
            opened()
        """,
    "by a helper in a loop": """
        def opened():
            return make()

        def test_one():
            [opened() for _ in "ab"]
        """,
    "by two objects of a class": """
        class User:
            def __init__(self):
                self.x = make()

        def test_one():
            one = User()
            two = User()
        """,
    "kept by a method that is called twice": """
        class Desk:
            def open(self):
                self.x = make()

        def test_one():
            desk = Desk()
            desk.open()
            desk.open()
            desk.x.send()
        """,
    "kept by a method of two objects": """
        class Desk:
            def open(self):
                self.x = make()

        def test_one():
            one, two = Desk(), Desk()
            one.open()
            two.open()
            one.x.send(two.x)
        """,
    "on self and in the test": """
        class TestOne:
            def setup_method(self):
                self.x = make()

            def test_one(self):
                y = make()
                self.x.a(y)
        """,
}


@pytest.mark.parametrize("shape", ALONE)
def test_no_rival(shape: str) -> None:
    _, found = sites(ALONE[shape])
    assert [found.rival(call) for call in found.calls] == [None] * len(found.calls)


@pytest.mark.parametrize("shape", TOGETHER)
def test_a_rival(shape: str) -> None:
    _, found = sites(TOGETHER[shape])
    assert found.calls
    assert any(found.rival(call) is not None for call in found.calls)


def test_surroundings_hold_the_tests_and_their_fixtures() -> None:
    facts, found = sites("""
        import pytest

        @pytest.fixture
        def other():
            return 1

        @pytest.fixture
        def x():
            return make()

        def test_one(x, other):
            pass

        def test_two(other):
            pass
        """)
    names = {place.name for place in found.surroundings(found.calls[0]) if isinstance(place, ast.FunctionDef)}
    assert names == {"x", "test_one", "other"}
    assert facts.tree not in found.surroundings(found.calls[0])


def test_functions_that_call_each_other_end() -> None:
    _, found = sites("""
        def one():
            two()
            x = make()

        def two():
            one()
        """)
    assert found.rival(found.calls[0]) is None


@pytest.mark.parametrize(
    ("source", "about"),
    [
        ("def test_singleton():\n    make()\n", True),
        ("class TestSingletonWay:\n    def test_it(self):\n        make()\n", True),
        ('def test_it():\n    """It is a singleton."""\n    make()\n', True),
        ('def test_it():\n    """It is single."""\n    make()\n', False),
    ],
)
def test_about_the_singleton(source: str, about: bool) -> None:
    facts, found = sites(source)
    assert is_about_singleton(facts, found.calls[0]) is about


def test_reading_the_instance_is_not_resetting_it() -> None:
    facts, _ = sites("def f():\n    C._instance = None\n\ndef g():\n    return C._instance\n")
    first, second = facts.tree.body
    assert not reads_instance(facts, [first])
    assert reads_instance(facts, [second])


def test_one_that_nobody_looks_at_is_no_rival() -> None:
    _, found = sites("""
        class User:
            def __init__(self):
                self.idle = make()

        def test_one():
            user = User()
            x = make()
            x.open(user)
        """)
    idle, used = sorted(found.calls, key=lambda call: call.lineno)
    assert found.is_idle(idle)
    assert found.rival(used) is None


@pytest.mark.parametrize(
    ("body", "idle"),
    [
        ("x = make()", True),
        ("x = make()\n    x.open()", False),
        ("x = make()\n    return x", False),
        ("use(make())", False),
    ],
)
def test_idle(body: str, idle: bool) -> None:
    _, found = sites(f"def test_it(use):\n    {body}\n")
    assert found.is_idle(found.calls[0]) is idle
