"""Touched and new tests are those whose code changed; they are counted with and without a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate import stated_tests as module
from cellwall.migrate.stated_tests import StatedTests, touched_tests
from cellwall.project.default_roles import DEFAULT_ROLES

SETTINGS = CheckSettings(roles=DEFAULT_ROLES)
OLD = b"def test_x():\n    assert ask() == 1\n"
STATED = b'''def test_y():
    """Isolation: first is a context; factory makes agents for one; first.asked holds its own.

    More words.
    """
    assert ask() == 2
'''


HEAD = b"from cellwall import agent_instance_factory\n\n\n"
MAKE = b"    agent = agent_instance_factory.create_agent('x', user_context)\n"


def stated_tests(modules: list[tuple[str, bytes | None, bytes]]) -> StatedTests:
    return module.stated_tests(modules, SETTINGS, ProjectFacts())


def test_a_new_module_counts_as_a_whole() -> None:
    counted = stated_tests([("tests/test_a.py", None, OLD + STATED)])
    assert counted == StatedTests(2, 1, no_role=["tests/test_a.py::test_x"])
    assert counted.counts == {"tests": 2, "stated": 1, "silent": 0, "no_role": 1}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (MAKE + b"    assert agent.name\n", "without"),
        (MAKE + b"    other = 1\n    assert other\n", "silent"),
        (MAKE + b"    agent.run()\n", "silent"),
        (b"    assert 1\n", "no_role"),
        (b"    assert AgentRegistry\n", "without"),
    ],
)
def test_tests_without_a_statement_are_told_apart(body: bytes, kind: str) -> None:
    counted = stated_tests([("a.py", None, HEAD + b"def test_x(user_context):\n" + body)])
    assert {name: getattr(counted, name) for name in ("without", "silent", "no_role")} == {
        "without": [],
        "silent": [],
        "no_role": [],
        kind: ["a.py::test_x"],
    }


@pytest.mark.parametrize(
    "source",
    [
        b"def test_x(opaque):\n    assert opaque\n",
        b"from tests.desk import Desk\n\n\ndef test_x():\n    assert Desk()\n",
        b"from .desk import Desk\n\n\ndef test_x():\n    assert Desk()\n",
    ],
)
def test_what_cannot_be_seen_may_reach_a_role(source: bytes) -> None:
    assert stated_tests([("tests/test_a.py", None, source)]).without == ["tests/test_a.py::test_x"]


@pytest.mark.parametrize(
    "now",
    [
        OLD,
        b"import os\n# moved\n\n" + OLD,
        b'def test_x():\n    """Only documented."""\n    assert ask() == 1\n',
        b"def test_x():  # layout\n    assert ask(\n    ) == 1\n",
    ],
)
def test_layout_comments_and_docstrings_touch_no_test(now: bytes) -> None:
    assert touched_tests(OLD, now) == {}


@pytest.mark.parametrize(
    "now",
    [
        OLD.replace(b"1", b"2"),
        OLD.replace(b"test_x()", b"test_x(user_context)"),
        b"@mark\n" + OLD,
        OLD.replace(b"test_x", b"test_z"),
    ],
)
def test_changed_code_touches_a_test(now: bytes) -> None:
    assert len(touched_tests(OLD, now)) == 1


@pytest.mark.parametrize(
    "said", [b"Isolation: first; factory.", b"Keeps users apart.", b"Isolation: a; ; b."]
)
def test_a_statement_has_three_parts(said: bytes) -> None:
    test = b'def test_x():\n    """' + said + b'"""\n    assert 1\n'
    assert stated_tests([("a.py", None, test)]).stated == 0


def test_methods_are_named_as_pytest_names_them() -> None:
    source = b"class TestA:\n    def test_x(self):\n        assert 1\n\n    def helper(self): ...\n"
    assert stated_tests([("a.py", None, source)]).no_role == ["a.py::TestA::test_x"]


@given(st.binary(max_size=100), st.none() | st.binary(max_size=100))
def test_any_bytes_can_be_counted(now: bytes, before: bytes | None) -> None:
    assert stated_tests([("a.py", before, b"def test" + now)]).tests >= 0
