# ruff: noqa: E501  # one line a mutant reads best
"""A literal may move from module level into the one test that uses it, unchanged and first; nothing else may."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.fixer import fix_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.weakened.comparison import Setting, compare
from cellwall.migrate.gates.weakened.facts import ModuleFacts
from cellwall.migrate.gates.weakened.gate import WeakenedGate
from cellwall.migrate.gates.weakened.moved_state import moves
from cellwall.migrate.gates.weakened.reader import read_module
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns
from cellwall.project.default_roles import DEFAULT_ROLES

HEAD = "import pytest\nfrom shop import pool\n\n"
BEFORE = (
    HEAD
    + '''SEEN = []


def test_one():
    """What is seen."""
    import re
    SEEN.append(re)
    pool.open(SEEN)
    assert SEEN == [re, 1]


def test_two():
    assert pool.is_open
'''
)
AFTER = BEFORE.replace("SEEN = []\n\n\n", "", 1).replace("    SEEN.append", "    SEEN = []\n    SEEN.append")

ACCEPTED = {
    "a list": (BEFORE, AFTER),
    "a dict of constants": tuple(text.replace("SEEN = []", "SEEN = {'a': [1, (2,)], 'b': {3}}") for text in (BEFORE, AFTER)),
    "made by its class": tuple(text.replace("SEEN = []", "SEEN = set()") for text in (BEFORE, AFTER)),
    "with an annotation": (BEFORE.replace("SEEN = []", "SEEN: list[int] = []"), AFTER),
    "into a coroutine": tuple(text.replace("def test_one", "async def test_one") for text in (BEFORE, AFTER)),
    "that becomes one": (BEFORE, AFTER.replace("def test_one():", "async def test_one(user_context):")),
    "two of them": (
        BEFORE.replace("SEEN = []", "SEEN = []\nMORE = {}").replace("pool.open(SEEN)", "pool.open(SEEN, MORE)"),
        AFTER.replace("    SEEN = []", "    MORE = {}\n    SEEN = []").replace("pool.open(SEEN)", "pool.open(SEEN, MORE)"),
    ),
    "used by an inner function": tuple(text.replace("    pool.open(SEEN)", "    def add():\n        SEEN.append(1)\n    pool.open(add)") for text in (BEFORE, AFTER)),
    "into a method": (
        "S = []\n\n\nclass TestIt:\n    def test_one(self):\n        S.append(1)\n        assert S\n",
        "class TestIt:\n    def test_one(self):\n        S = []\n        S.append(1)\n        assert S\n",
    ),
    "into a method of unittest": (
        "import unittest\n\nS = []\n\n\nclass ItCase(unittest.TestCase):\n    def test_one(self):\n        S.append(1)\n        self.assertTrue(S)\n",
        "import unittest\n\n\nclass ItCase(unittest.TestCase):\n    def test_one(self):\n        S = []\n        S.append(1)\n        self.assertTrue(S)\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", ACCEPTED)
def test_the_only_user_may_have_it(shape: str, judge: Callable[..., Verdict]) -> None:
    before, after = ACCEPTED[shape]
    compile(after, shape, "exec")
    verdict = judge(before, after)
    assert verdict.passed, verdict.evidence


def both(old: str, new: str) -> tuple[str, str]:
    """Change both versions alike: the move itself is honest, what stands around it makes it wrong."""
    assert old in BEFORE
    assert old in AFTER
    return BEFORE.replace(old, new), AFTER.replace(old, new)


ONE = "def test_one():"
TWO = "def test_two():\n"
REFUSED = {
    "changed on the way": (BEFORE, AFTER.replace("SEEN = []", "SEEN = [1]")),
    "another kind": (BEFORE, AFTER.replace("SEEN = []", "SEEN = {}")),
    "filled before": (BEFORE.replace("SEEN = []", "SEEN = [1]"), AFTER),
    "left where it was": (BEFORE, BEFORE.replace("    SEEN.append", "    SEEN = []\n    SEEN.append")),
    "taken away": (BEFORE, AFTER.replace("    SEEN = []\n", "")),
    "behind an early return": (BEFORE, AFTER.replace("    SEEN = []", "    if not pool:\n        return\n    SEEN = []")),
    "behind a use": (BEFORE, BEFORE.replace("SEEN = []\n\n\n", "").replace("    pool.open", "    SEEN = []\n    pool.open")),
    "last": (BEFORE, BEFORE.replace("SEEN = []\n\n\n", "").replace("    assert SEEN", "    SEEN = []\n    assert SEEN")),
    "under a condition": (BEFORE, AFTER.replace("    SEEN = []", "    if pool:\n        SEEN = []")),
    "in a loop": (BEFORE, AFTER.replace("    SEEN = []\n    SEEN.append(re)", "    for _ in range(2):\n        SEEN = []\n    SEEN.append(re)")),
    "into a nested function": (
        BEFORE.replace("    SEEN.append(re)", "    def add():\n        SEEN.append(re)\n    add()"),
        BEFORE.replace("SEEN = []\n\n\n", "").replace("    SEEN.append(re)", "    def add():\n        SEEN = []\n        SEEN.append(re)\n    add()"),
    ),
    "into both users": (
        BEFORE.replace(TWO, TWO + "    SEEN.append(2)\n"),
        AFTER.replace(TWO, TWO + "    SEEN = []\n    SEEN.append(2)\n"),
    ),
    "into one of two users": (
        BEFORE.replace(TWO, TWO + "    SEEN.append(2)\n"),
        AFTER.replace(TWO, TWO + "    SEEN.append(2)\n"),
    ),
    "into a test that did not use it": (
        BEFORE,
        BEFORE.replace("SEEN = []\n\n\n", "").replace(TWO, TWO + "    SEEN = []\n"),
    ),
    "into a helper": tuple(text.replace(ONE, "def one():") for text in (BEFORE, AFTER)),
    "into a fixture": tuple(text.replace(ONE, "@pytest.fixture\ndef test_one():") for text in (BEFORE, AFTER)),
    "as a default value": (BEFORE, AFTER.replace("    SEEN = []\n", "").replace(ONE, "def test_one(SEEN=[]):")),
    "as a class attribute": (
        "class TestIt:\n    seen = []\n\n    def test_one(self):\n        self.seen.append(1)\n",
        "class TestIt:\n    def test_one(self):\n        self.seen = []\n        self.seen.append(1)\n",
    ),
    "parametrised": both(ONE, "@pytest.mark.parametrize('n', [1, 2])\ndef test_one(n):"),
    "marked": both(ONE, "@pytest.mark.repeat(2)\ndef test_one():"),
    "given fixtures": both(ONE, "def test_one(cart):"),
    "the module is marked": both(HEAD, HEAD + "pytestmark = pytest.mark.parametrize('n', [1])\n"),
    "parametrised by the class": (
        "import pytest\nS = []\n\n\n@pytest.mark.repeat(2)\nclass TestIt:\n    def test_one(self):\n        S.append(1)\n",
        "import pytest\n\n\n@pytest.mark.repeat(2)\nclass TestIt:\n    def test_one(self):\n        S = []\n        S.append(1)\n",
    ),
    "inherited": (
        "S = []\n\n\nclass TestIt:\n    def test_one(self):\n        S.append(1)\n\n\nclass TestMore(TestIt):\n    pass\n",
        "class TestIt:\n    def test_one(self):\n        S = []\n        S.append(1)\n\n\nclass TestMore(TestIt):\n    pass\n",
    ),
    "of a class with bases": (
        "from shop import Twice\nS = []\n\n\nclass TestIt(Twice):\n    def test_one(self):\n        S.append(1)\n",
        "from shop import Twice\n\n\nclass TestIt(Twice):\n    def test_one(self):\n        S = []\n        S.append(1)\n",
    ),
    "run twice by every fixture": both(HEAD, HEAD + "@pytest.fixture(params=[1, 2])\ndef two(): pass\n\n@pytest.fixture(autouse=True)\ndef every(two): pass\n\n"),
    "generated": both(HEAD, HEAD + "def pytest_generate_tests(metafunc): pass\n\n"),
    "called by another test": both(TWO, TWO + "    test_one()\n"),
    "run under another name": both("def test_two", "test_three = test_one\n\n\ndef test_two"),
    "read by name": both(TWO, TWO + "    assert globals()['SE' + 'EN']\n"),
    "named in a text": both(TWO, TWO + "    pool.patch('tests.test_shop.SEEN')\n"),
    "exported": both(HEAD, HEAD + "__all__ = ['SEEN']\n"),
    "read as a part of the module": both(TWO, TWO + "    import tests.test_shop as me\n    assert me.SEEN\n"),
    "read by a fixture of the module": both(HEAD, HEAD + "@pytest.fixture(autouse=True)\ndef f(request):\n    request.module\n\n"),
    "read in a class body": both("def test_two", "class Kept:\n    seen = SEEN\n\n\ndef test_two"),
    "kept in a default": both(TWO, "def test_two(seen=SEEN):\n"),
    "kept by a decorator": both("def test_two", "@pool.keeps(SEEN)\ndef test_two"),
    "filled at import": (BEFORE.replace("SEEN = []\n", "SEEN = []\nSEEN.append(0)\n"), AFTER),
    "bound twice": (BEFORE.replace("SEEN = []\n", "SEEN = []\nSEEN = []\n"), AFTER),
    "bound under a condition": (BEFORE.replace("SEEN = []\n", "if pool:\n    SEEN = []\n"), AFTER),
    "bound anew by a function": both(TWO, TWO + "    global SEEN\n    SEEN = [1]\n"),
    "bound by the test": both("    pool.open(SEEN)", "    SEEN += [1]"),
    "shadowed by a parameter": both(TWO, "def test_two(SEEN):\n"),
    "everything imported": both(HEAD, HEAD + "from shop.more import *\n"),
    "its class is another one": tuple(text.replace("SEEN = []", "SEEN = list()").replace(HEAD, HEAD + "list = pool.Fake\n") for text in (BEFORE, AFTER)),
    "made by a function": tuple(text.replace("SEEN = []", "SEEN = pool()") for text in (BEFORE, AFTER)),
    "holds what is made": tuple(text.replace("SEEN = []", "SEEN = [pool]") for text in (BEFORE, AFTER)),
    "no literal that can change": tuple(text.replace("SEEN = []", "SEEN = 3") for text in (BEFORE, AFTER)),
    "an annotation that acts": (BEFORE.replace("SEEN = []", "SEEN: pool.register() = []"), AFTER),
    "and a step is gone": (BEFORE, AFTER.replace("    pool.open(SEEN)\n", "")),
    "and an assertion is weaker": (BEFORE, AFTER.replace("SEEN == [re, 1]", "SEEN")),
    "and changed by a new line": (BEFORE, AFTER.replace("    pool.open", "    more = SEEN.pop()\n    pool.open")),
    "and used by a new test": (BEFORE, AFTER + "\n\ndef test_new():\n    assert SEEN\n"),
}  # fmt: skip


@pytest.mark.parametrize("shape", REFUSED)
def test_every_other_move_is_refused(shape: str, judge: Callable[..., Verdict]) -> None:
    before, after = REFUSED[shape]
    assert before != after
    compile(after, shape, "exec")
    verdict = judge(before, after)
    assert not verdict.passed
    assert "tests/test_shop.py:" in verdict.evidence


ELSEWHERE = {
    "imported by another test": {"tests/test_more.py": "from tests.test_shop import SEEN\n"},
    "imported from beside": {"tests/test_more.py": "from .test_shop import SEEN\n"},
    "the module is imported": {"tests/test_more.py": "import tests.test_shop as shop\n"},
    "the module is imported from its package": {"tests/test_more.py": "from tests import test_shop\n"},
    "everything is imported": {"tests/deep/test_more.py": "from tests.test_shop import *\n"},
    "imported by name": {"tests/test_more.py": "import importlib\nm = importlib.import_module('tests.test_shop')\n"},
    "patched by another test": {"tests/test_more.py": "def test_it(mocker):\n    mocker.patch('tests.test_shop.SEEN', [])\n"},
    "loaded by its path": {"tools/run.py": "import runpy\nrunpy.run_path('tests/test_shop.py')\n"},
    "imported by what does not parse": {"tests/test_more.py": "from tests.test_shop import SEEN\nx = (\n"},
    "a fixture reaches the module": {"tests/conftest.py": "import pytest\n@pytest.fixture(autouse=True)\ndef f(request):\n    vars(request.module)\n"},
    "a fixture reaches what the test sees": {
        "tests/conftest.py": "import pytest\n@pytest.fixture\ndef f(request):\n    request.function.__globals__\n"
    },
    "all tests run twice": {"conftest.py": "import pytest\n@pytest.fixture(params=[1, 2])\ndef two(): pass\n@pytest.fixture(autouse=True)\ndef f(two): pass\n"},
    "tests are generated": {"tests/conftest.py": "def pytest_generate_tests(metafunc): pass\n"},
    "plugins come in": {"conftest.py": "pytest_plugins = ['shop.testing']\n"},
    "a conftest does not parse": {"conftest.py": "def (\n"},
    "the runner repeats": {"pytest.ini": "[pytest]\naddopts = --count=3\n"},
    "the runner tries again": {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--reruns 2'\n"},
    "the runner loads it": {"pytest.ini": "[pytest]\naddopts = -p tests.test_shop\n"},
}  # fmt: skip


@pytest.mark.parametrize("shape", ELSEWHERE)
def test_a_module_that_others_reach_keeps_what_it_has(
    shape: str, make_subject: Callable[..., Subject]
) -> None:
    others = ELSEWHERE[shape]
    before, after = {"tests/test_shop.py": BEFORE, **others}, {"tests/test_shop.py": AFTER, **others}
    assert not WeakenedGate().judge(make_subject(before, after)).passed


def test_others_that_only_look_alike_are_no_hindrance(make_subject: Callable[..., Subject]) -> None:
    others = {
        "tests/conftest.py": "import pytest\n\n@pytest.fixture(autouse=True)\ndef quiet(monkeypatch):\n    monkeypatch.setenv('QUIET', '1')\n",
        "tests/test_more.py": "from shop import SEEN\n\n\ndef test_shop():  # as test_shop does\n    assert SEEN\n",
        "pytest.ini": "[pytest]\naddopts = -q\n",
    }
    before, after = {"tests/test_shop.py": BEFORE, **others}, {"tests/test_shop.py": AFTER, **others}
    verdict = WeakenedGate().judge(make_subject(before, after))
    assert verdict.passed, verdict.evidence


ROLES = RolePatterns(DEFAULT_ROLES)
SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, rules=("global-test-state",))
LINES = st.sampled_from(
    [
        "S = []\n",
        "S: set[int] = set()\n",
        "T = {'é': [1]}\n",
        "U = dict()\n",
        "def test_a():\n    S.append('é')\n    T.clear()\n",
        "async def test_b():\n    import S\n    S.append(1)\n",
        "async def test_c():\n    T['x'] = 1\n    U.pop(1)\n",
        "class TestD:\n    def test_d(self):\n        S.pop()\n",
        "class TestE(TestD):\n    def test_e(self):\n        U.update(T)\n",
        "class TestF(TestCase):\n    def test_f(self):\n        U.update()\n",
        "def test_g(S):\n    S.clear()\n",
        "def test_h():\n    S = []\n    S.clear()\n",
        "def test_i(): U.pop(1)\n",
        "def test_j():\n    '''S is.'''\n    U.pop(1)\n",
        "def test_k():\n    test_j()\n    eval('1')\n",
        "pytestmark = 1\n",
        "@pytest.fixture(autouse=True)\ndef f():\n    yield\n",
        "@pytest.fixture(params=[1])\ndef g():\n    yield\n",
        "x.S = x.U = 1\n",
        "set = dict = 1\n",
        "from x import *\n",
    ]
)


def weaker(source: bytes, after: bytes) -> list[str]:
    old, new = (read_module("tests/test_a.py", text, ROLES) for text in (source, after))
    assert isinstance(old, ModuleFacts)
    assert isinstance(new, ModuleFacts)
    setting = Setting(async_tests=True, moves=moves(old, new))
    return [one.text() for one in compare(old, new, setting)]


@settings(max_examples=250, derandomize=True, deadline=None)
@given(st.lists(LINES, max_size=6, unique=True))
def test_what_the_rule_repairs_is_the_same_work(lines: list[str]) -> None:
    source = "".join(lines).encode()
    after = fix_source("tests/test_a.py", source, SETTINGS, ProjectFacts()).source
    assert weaker(source, after) == []


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(LINES, max_size=6, unique=True),
    st.sampled_from([("S = []", "S = [1]"), ("{'é': [1]}", "{}"), ("dict()", "{1: 2}")]),
)
def test_a_value_that_changes_on_the_way_is_weaker(lines: list[str], change: tuple[str, str]) -> None:
    source = "".join(lines).encode()
    after = fix_source("tests/test_a.py", source, SETTINGS, ProjectFacts()).source
    changed = after.decode().replace(*change).encode()
    assert bool(weaker(source, changed)) is (changed != after)
