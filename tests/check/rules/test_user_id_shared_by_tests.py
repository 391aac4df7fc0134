"""One user of many tests."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "user-id-shared-by-tests"
HEAD = "from app import Store\n\nstore = Store()\n\n"
WIDE = "import pytest\n\n@pytest.fixture(scope='module')\ndef db():\n    return connect()\n\n"


def suite(*bodies: str, given: str = "") -> str:
    return "".join(f"def test_{number}({given}):\n    {body}\n" for number, body in enumerate(bodies))


ADD = "store.add(user_id='a')"
FOUND = [
    pytest.param(HEAD + suite(*["store.add(tenant_id='t')"] * 4), [6], id="the first place"),
    pytest.param(HEAD + suite(ADD, "store.get(user_id='a')", "put(store, user_id='a')"), [6], id="given"),
    pytest.param(WIDE + suite(*["db.add(user_id='a')"] * 3, given="db"), [8], id="a wide fixture"),
    pytest.param(
        HEAD + "def test_other(mine):\n    mine.add(user_id='a')\n" + suite(*[ADD] * 3),
        [8],
        id="the first that outlives",
    ),
]
SILENT = [
    pytest.param(
        HEAD + suite(ADD, ADD, ADD) + "def test_two(s):\n    s.add(user_id='a')\n    s.add(user_id='b')\n",
        id="beside another in a test of its own",
    ),
    pytest.param(HEAD + suite(ADD + "; store.add(user_id='b')", ADD, ADD), id="beside another"),
    pytest.param(HEAD + suite(ADD, ADD), id="two tests"),
    pytest.param(suite(*["s.add(user_id='a')"] * 3, given="s"), id="what each test is given"),
    pytest.param(
        WIDE.replace("scope='module'", "") + suite(*["db.add(user_id='a')"] * 3, given="db"),
        id="a fixture for each test",
    ),
    pytest.param(suite(*["s = Store(); s.add(user_id='a')"] * 3), id="what each test makes"),
    pytest.param(HEAD + suite(*["Note(user_id='a')"] * 3), id="values"),
    pytest.param(HEAD + suite(*["store = Store(); " + ADD] * 3), id="a store of the same name"),
    pytest.param(
        "from unittest.mock import Mock\n\nstore = Mock()\n\n" + suite(ADD, ADD, ADD),
        id="a mock keeps nothing",
    ),
    pytest.param(HEAD + suite(*[ADD + "; store.clear()"] * 3), id="emptied by each"),
    pytest.param(
        HEAD
        + "import pytest\n\n@pytest.fixture(autouse=True)\ndef fresh():\n    wipe()\n\n"
        + suite(ADD, ADD, ADD),
        id="prepared for each",
    ),
    pytest.param(HEAD + "def setup_function():\n    wipe()\n\n" + suite(ADD, ADD, ADD), id="set up for each"),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == []
