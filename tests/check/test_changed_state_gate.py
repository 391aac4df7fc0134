"""The gate lets through every file in which tests change what they share, and few others."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.changed_state_gate import (
    CHANGED_CONTAINER,
    CHANGED_CONTAINER_OF_CLASS,
    CHANGED_SHARED_STATE,
)
from cellwall.check.gate import Token, stands_in
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.module_state import states
from cellwall.check.project_facts import ProjectFacts

QUIET = [
    b"NAMES = ['a']\n\n\ndef test_one():\n    seen = []\n    seen.append(1)\n",
    b"LIMIT = 3\n\n\ndef test_one():\n    assert LIMIT\n",
    b"class TestOne:\n    def setup_method(self):\n        self._seen = []\n",
    b"class TestOne:\n    def test_one(self):\n        seen = []\n        self.seen.append(seen)\n",
    b'class TestOne:\n    """global names"""\n',
    b"LIMITS = {}\nglobal_limit = 1\n\n\ndef test_one():\n"
    b"    assert 1 <= LIMITS['a'], 'few'\n    LIMITS.get(1)\n",
    b"class Fake:\n    seen = []\n\n    def add(self):\n        self.seen.append(1)\n\n\n"
    b"def test_one():\n    Fake().add()\n",
]
RESETS = [
    b"Desk._instance = None\n",
    b"    Desk._rows.clear()\n",
    b"Desk._rows  =  {}\n",
    b"Desk \\\n    ._rows = {}\n",
    b"Desk.\\\n    _rows \\\n    = {}\n",
    b"(Desk.  # ours\n    _rows.\n    clear())\n",
    b"Desk._rows = rows = (\n    None)\n",
    b"Desk._a = Desk._b = []\n",
]
NO_RESETS = [
    b"Desk._instance = Mock(spec=None)\n",
    b"Desk._rows = [1]\n",
    b"app.Desk._rows.clear()\n",
    b"import app.desk as desk\n\ndesk._rows = {}\n",
    b"def test_one():\n    desk = Desk()\n    desk._rows = {}\n",
]
SET_UP = b"\n\ndef setup_method(self):\n    pass\n"
VALUES = [
    "[]",
    "{}",
    "{1}",
    "dict()",
    "set ()",
    "(\n    []\n)",
    "\\\n    []",
    "[x for x in ()]",
    "collections.deque(\n    maxlen=3,\n)",
    "make(1).list()",
    "make(\n    1,\n).dict()",
    f"make({'1, ' * 99}2).dict()",
]
ANNOTATIONS = [
    "",
    " \\\n   ",
    ": \\\n    list",
    ": list",
    ": dict[str, int]",
    ": dict[\n    str, int\n]",
    ": Annotated[dict, f(a=1)]",
    f": Annotated[dict, '{'a' * 250}']",
]
CHANGES = [
    "{0}.append(1)",
    "{0}[1] = 2",
    "a = {0}[1] = 2",
    "{0}[1], a = 2, 3",
    "for {0}[1] in (): pass",
    "with a as {0}[1]: pass",
    "{0} . update(a=1)",
    "{0}[1] += 2",
    "del {0}[1]",
    "({0}\n    .add(1))",
    "{0} \\\n    .append(1)",
    "{0}.\\\n    append(1)",
    "({0}.  # one\n    append)(1)",
    f"({{0}}  # {'one ' * 60}\n    .append(1))",
]
IN_MODULE = "{0}seen{1} = {2}\n\n\ndef test_one():\n    {3}\n"
IN_DEEP_CLASS = (
    'if True:\n    class TestOne(\n        object,\n    ):\n        """A text.\n\n  if it is odd:\n'
    '        """\n\n        # if so:\n        seen{1} = {2}\n\n        def test_one(self):\n            {4}\n'
)
ON_ONE_LINE = "class TestOne: seen{1} = {2}; test_one = lambda self: 1\n\ndef test_one():\n    {5}\n"
IN_CLASS = "class TestOne:\n    seen{1} = {2}\n\n    def test_one(self):\n        {4}\n"


RENAMED = [
    b"from app import Desk as desk\n\ndesk._instance = None\n",
    b"from app import (\n    Desk as  # ours\n    desk,\n)\n\ndesk._rows.clear()\n",
    b"import app\n\ndesk = app.Desk\n\ndesk._rows = {}\n",
    b"import app\n\ndesk: type = app.Desk\n\ndesk._rows = {}\n",
    b"(Desk)._rows = {}\n",
    b"type(self)._rows = {}\n",
    b"(Desk  # of ours\n    ._rows.clear())\n",
    b"(desk) = Desk\n(desk)._rows = {}\n",
]


HIDDEN = [
    b"class A:\n    seen = []\n\n    def test_one(self):\n        (self  # "
    + b"x" * 300
    + b"\n        .seen.add(1))\n",
    b"class "
    + b"A" * 300
    + b":\n    seen = []\n\n    def test_one(self):\n        "
    + b"A" * 300
    + b".seen.add(1)\n",
    b"class A:\n"
    + b"    x = 1\n" * 1500
    + b"    seen = []\n\n    def test_one(self):\n        self.seen.add(1)\n",
]
MANY = [b"x = 1; " * 20_000, b"x: a = 1; " * 20_000, b"x: = a = 1; " * 20_000, b"x: " + b"a = " * 20_000]


def changes(tokens: Iterable[Token], source: bytes) -> bool:
    return any(stands_in(token, source) for token in tokens)


@pytest.mark.parametrize("source", HIDDEN)
def test_what_stands_far_away_may_be_a_change(source: bytes) -> None:
    assert changes(CHANGED_SHARED_STATE, source)


@pytest.mark.parametrize("source", MANY)  # each took minutes when a line was looked at from each statement
def test_a_line_of_many_statements_is_let_through_at_once(source: bytes) -> None:
    source += b"\n\ndef test_one():\n    x.append(1)\n"
    assert changes(CHANGED_SHARED_STATE, source)
    assert changes(CHANGED_CONTAINER, source)
    assert changes(CHANGED_CONTAINER_OF_CLASS, source) is (b";" in source)


def test_a_class_s_body_is_told_from_a_function_s_however_long() -> None:
    lines = b"        seen = []\n" * 300
    source = b"class A:\n    def test_one(self):\n" + lines + b"        self.seen.append(1)\n"
    assert not changes(CHANGED_SHARED_STATE, source)


@pytest.mark.parametrize("source", QUIET)
def test_what_changes_nothing_stays_out(source: bytes) -> None:
    assert not changes(CHANGED_SHARED_STATE, source)


@pytest.mark.parametrize("source", RENAMED)
def test_resets_of_a_class_under_another_name_get_through(source: bytes) -> None:
    assert changes(CHANGED_SHARED_STATE, source + SET_UP)
    assert not changes(CHANGED_SHARED_STATE, source)


@pytest.mark.parametrize("source", [b"desk._rows = {}\n", b"def test_one(desk):\n    desk._rows.clear()\n"])
def test_resets_of_what_no_name_is_given_to_stay_out(source: bytes) -> None:
    assert not changes(CHANGED_SHARED_STATE, source + SET_UP)


@pytest.mark.parametrize("source", NO_RESETS)
def test_what_resets_no_class_stays_out(source: bytes) -> None:
    assert not changes(CHANGED_SHARED_STATE, source + SET_UP)


@pytest.mark.parametrize("source", RESETS)
def test_resets_of_a_class_get_through(source: bytes) -> None:
    assert changes(CHANGED_SHARED_STATE, source + SET_UP)
    assert changes(CHANGED_SHARED_STATE, source + b"from pytest import fixture as given\n")
    assert not changes(CHANGED_SHARED_STATE, source.replace(b"Desk", b"self") + SET_UP)


@given(
    shape=st.sampled_from([IN_MODULE, IN_CLASS, IN_DEEP_CLASS, ON_ONE_LINE]),
    begin=st.sampled_from(["", "\ufeff", "import os; ", "\n\n", "# \u00e9\n"]),
    defined=st.tuples(st.sampled_from(ANNOTATIONS), st.sampled_from(VALUES)),
    change=st.sampled_from(CHANGES),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_every_changed_state_gets_through(
    shape: str, begin: str, defined: tuple[str, str], change: str, newline: str
) -> None:
    uses = (change.format(use) for use in ("seen", "self.seen", "TestOne.seen"))
    text = shape.format(begin, *defined, *uses)
    source = text.replace("\n", newline).encode()
    module = module_facts("tests/test_a.py", source, ProjectFacts())
    assert isinstance(module, ModuleFacts)
    if any(state.changes for state in states(module)):
        assert changes(CHANGED_SHARED_STATE, source)
