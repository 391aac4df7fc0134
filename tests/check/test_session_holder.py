"""Who keeps and uses a session."""

import ast
from textwrap import dedent

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal
from cellwall.check.session_holder import SessionHolder, session_holder
from cellwall.check.value_place import value_place


def holder(source: str) -> SessionHolder | Refusal:
    facts = module_facts("tests/test_x.py", dedent(source).encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    call = next(c for c in facts.of(ast.Call) if facts.text(c.func) == "opened")
    return session_holder(facts, call, value_place(facts, call))


def test_an_attribute() -> None:
    found = holder("""
        class TestRows:
            def prepare(self):
                self.s = None

            def setup_method(self):
                self.s = opened()

            def teardown_method(self):
                if self.s:
                    self.s.rollback()
                    self.s.close()

            async def test_one(self):
                self.s.add(1)
                self.s.close()

            async def test_two(self):
                self.s.close()
                assert True
        """)
    assert isinstance(found, SessionHolder)
    assert [ast.unparse(s) for s in found.stores] == ["self.s = None", "self.s = opened()"]
    assert [type(s) for s in found.closings] == [ast.If, ast.Expr]
    assert {f.name: len(loads) for f, loads in found.users.items()} == {"test_one": 1, "test_two": 1}


def test_a_variable_of_the_module() -> None:
    found = holder("""
        s = opened()

        def test_one():
            s.add(1)

        def test_other(s):
            s.add(2)
        """)
    assert isinstance(found, SessionHolder)
    assert found.owner is None
    assert [function.name for function in found.users] == ["test_one"]


def test_another_attribute_of_the_same_name_is_another() -> None:
    found = holder("""
        class TestRows:
            def setup_method(self):
                self.s = opened()

            async def test_one(self, client):
                client.s.add(1)
        """)
    assert isinstance(found, SessionHolder)
    assert not found.users


def test_several_targets() -> None:
    found = holder(
        """
        class TestRows:
            def setup_method(self):
                self.s = self.t = opened()
        """.replace("self.s = self.t = opened()", "self.s = opened()\n                self.s, x = 1, 2")
    )
    assert isinstance(found, Refusal)
    assert found.reason is Reason.UNKNOWN_SHAPE
