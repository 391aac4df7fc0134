"""CW107: what tests share and change, what is only shared, and what only looks like it."""

from collections.abc import Callable
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cellwall.check.fixer import FixResult, fix_source
from cellwall.check.parse import Parsed, parse
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

Fix = Callable[..., FixResult]
SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, rules=("global-test-state",))


def test_what_one_test_alone_uses_is_made_in_it(fix: Fix) -> None:
    before = '''
        import app

        SEEN: list[int] = []  # why
        LATER = {"a": [1]}


        class TestOne:
            async def test_one(self):
                """Doc."""
                import re
                # first
                LATER["b"] = re
                async def add():
                    LATER.pop("a")
                await add()
                assert LATER
        '''
    after = '''
        import app

        SEEN: list[int] = []  # why


        class TestOne:
            async def test_one(self):
                """Doc."""
                import re
                LATER = {"a": [1]}
                # first
                LATER["b"] = re
                async def add():
                    LATER.pop("a")
                await add()
                assert LATER
        '''
    result = fix(before)
    assert result.source.decode() == dedent(after)
    assert result.remaining == ()


def test_the_blank_lines_around_it_go_with_it(fix: Fix) -> None:
    test = "def test_a():\n    S.append(1)\n"
    local = test.replace("    S.", "    S = []\n    S.")
    assert fix(f"import a\n\nS = []\n\n\n{test}").source.decode() == f"import a\n\n\n{local}"
    assert fix(f"import a\n\n\n{test}\n\nS = []").source.decode() == f"import a\n\n\n{local}"


LISTED = {
    "two tests": "S = []\ndef test_a():\n    S.append(1)\ndef test_b():\n    assert S\n",
    "import uses it": "S = []\nT = S\ndef test_a():\n    S.append(1)\n",
    "decorated": "import pytest as p\nS = []\n@p.mark.skip\ndef test_a():\n    S.pop()\n",
    "a parameter": "S = []\ndef test_a(x):\n    S.append(x)\n",
    "inherited": "S = []\nclass TestA:\n    def test_a(self):\n        S.pop()\nclass TestB(TestA): pass\n",
    "marked": "pytestmark = 1\nS = []\ndef test_a():\n    S.append(1)\n",
    "the test is called": "S = []\ndef test_a():\n    S.append(1)\ndef test_b():\n    test_a()\n",
    "another scope has the name": "S = []\ndef test_a():\n    S.append(1)\ndef test_b(S):\n    pass\n",
    "a base class": "from b import B\nS = []\nclass TestA(B):\n    def test_a(self):\n        S.pop()\n",
    "names read unsaid": "S = []\ndef test_a():\n    S.append(1)\n    vars()\n",
    "run again": (
        "import pytest\nS = []\n@pytest.fixture(params=[1], autouse=True)\ndef s(): pass\n"
        "def test_a():\n    S.append(1)\n"
    ),
    "its class is another": "list = print\nS = list()\ndef test_a():\n    S.append(1)\n",
    "named in a text": "S = []\ndef test_a():\n    S.append(1)\n    patch('tests.test_example.S')\n",
    "a comment behind it": "S = []  # why\ndef test_a():\n    S.append(1)\n",
    "over two lines": "S = [\n]\ndef test_a():\n    S.append(1)\n",
    "made by a call": "S = deque(maxlen=3)\ndef test_a():\n    S.append(1)\n",
    "bound anew": "n = 0\ndef test_a():\n    global n\n    n = n + 1\n",
    "a fixture": "import pytest\nS = []\n@pytest.fixture\ndef s():\n    S.append(1)\n    return S\n",
    "on a class": "class TestA:\n    s = {}\n    def test_a(self):\n        self.s[1] = 2\n",
    "on a class by name": "class TestA:\n    s = []\n    def test_a(self):\n        del TestA.s[0]\n",
    "in set-up": "S = set()\nclass TestA:\n    def setup_method(self):\n        S.add(1)\n",
    "private state": "from app import R\nclass TestA:\n    def setUp(self):\n        R._all = {}\n",
    "private state, emptied": "from app import R\ndef teardown_function():\n    R._all.clear()\n",
}


@pytest.mark.parametrize("shape", LISTED)
def test_lists(shape: str, fix: Fix) -> None:
    result = fix(LISTED[shape])
    assert result.source.decode() == LISTED[shape]
    assert [f.reason in (Reason.ESCAPES, Reason.UNKNOWN_SHAPE) for f in result.remaining] == [True]


NOTHING = {
    "only read": "S = [1]\ndef test_a():\n    assert S.index(1) == 0\n    [*S].append(2)\n",
    "filled at import": "S = []\nS.append(1)\ndef test_a():\n    assert S\n",
    "filled by a helper": "S = []\ndef keep(x):\n    S.append(x)\ndef test_a():\n    keep(1)\n",
    "hidden": "S = []\ndef test_a():\n    S = []\n    S.append(1)\ndef test_b(S):\n    S.clear()\n",
    "emptied by every test": "S = []\ndef test_a():\n    S.clear()\n    S.append(1)\n",
    "emptied in set-up": "S = []\ndef setup_function():\n    S.clear()\ndef test_a():\n    S.append(1)\n",
    "a fixture of the session": (
        "import pytest\nS = {}\n@pytest.fixture(scope='session')\ndef s():\n    S[1] = 1\n    return S\n"
    ),
    "an attribute of the instance": (
        "class TestA:\n    s = []\n    def setup_method(self):\n        self.s = []\n"
        "    def test_a(self):\n        self.s.append(1)\n"
    ),
    "a class of a test's own": (
        "def test_a():\n    class TestDouble:\n        s = []\n"
        "        def test_it(self):\n            self.s.append(1)\n"
    ),
    "private state of a local class": "class R:\n    pass\ndef setup_function():\n    R._all = {}\n",
    "private state, read": "from app import R\ndef setup_function():\n    assert R._all == {}\n",
    "private state in a test": "from app import R\ndef test_a():\n    R._all = {}\n",
    "a mock's": "from unittest.mock import Mock as R\ndef setup_function():\n    R._all = {}\n",
}


@pytest.mark.parametrize("shape", NOTHING)
def test_what_is_no_finding(shape: str, fix: Fix) -> None:
    result = fix(NOTHING[shape])
    assert result.source.decode() == NOTHING[shape]
    assert result.remaining == ()


def test_application_code_is_left_alone(fix: Fix) -> None:
    assert fix(LISTED["two tests"], path="app/state.py").remaining == ()


LINES = st.sampled_from(
    [
        "S = []\n",
        "S: set[int] = set()\n",
        "T = {'é': 1}; S = {}\n",
        "def test_a():\n",
        "async def test_b(): S.append(1)\n",
        "class TestC:\n    s = []\n",
        "    def test_c(self):\n",
        "    S.append('é')\n",
        "        S['x'] += 1\n",
        "    global S; S = []\n",
        "    def inner():\n        nonlocal S\n",
        "        self.s.clear(); del S[0]\n",
        "    '''Doc.'''\n",
        "\tlambda S=S: S.pop()\n",
        "from app import S as R\n",
        "    R._x.clear()\n",
    ]
)


@given(st.lists(LINES, max_size=14))
@hypothesis_settings(max_examples=250, deadline=None, derandomize=True)
def test_any_file_still_parses_and_a_second_pass_changes_nothing(lines: list[str]) -> None:
    source = "".join(lines).encode()
    result = fix_source("tests/test_any.py", source, SETTINGS, ProjectFacts())
    assert isinstance(parse(result.source), Parsed) == isinstance(parse(source), Parsed)
    again = fix_source("tests/test_any.py", result.source, SETTINGS, ProjectFacts())
    assert (again.source, again.repaired) == (result.source, ())
