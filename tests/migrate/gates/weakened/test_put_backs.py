# ruff: noqa: E501  # one line a change reads best
"""State of the application may be set through `monkeypatch` where it was assigned; nothing else may change by it."""

from collections.abc import Callable

import pytest

from cellwall.migrate.gates.gate import Verdict

BEFORE = """import pytest
from desk import Desk, pool


@pytest.fixture
def desk():
    Desk._instance = None
    return Desk()


class TestDesk:
    def setup_method(self):
        Desk._instance = None
        self.desk = Desk()

    def test_it(self):
        Desk._limit = 3
        assert self.desk.ok
"""
SET = 'monkeypatch.setattr(Desk, "_instance", None, raising=False)'
FIXTURE = BEFORE.replace("def desk():\n    Desk._instance = None", f"def desk(monkeypatch):\n    {SET}")
METHOD = BEFORE.replace(
    "    def setup_method(self):\n        Desk._instance = None",
    f"    @pytest.fixture(autouse=True)\n    def setup_method(self, monkeypatch):\n        {SET}",
)
ACCEPTED = {
    "in a fixture": FIXTURE,
    "in setup_method": METHOD,
    "in a test": BEFORE.replace(
        "def test_it(self):\n        Desk._limit = 3",
        'def test_it(self, monkeypatch):\n        monkeypatch.setattr(Desk, "_limit", 3, raising=False)',
    ),
}
REFUSED = {
    "another value": FIXTURE.replace("None, raising", "pool, raising"),
    "another attribute": FIXTURE.replace('"_instance"', '"_other"'),
    "another class": FIXTURE.replace("setattr(Desk", "setattr(pool"),
    "only where it is there": FIXTURE.replace(", raising=False", ""),
    "by a name": FIXTURE.replace('Desk, "_instance"', '"desk.Desk._instance"'),
    "once more": FIXTURE.replace(f"    {SET}\n", f"    {SET}\n    {SET}\n"),
    "and a method replaced": FIXTURE.replace(
        f"    {SET}\n", f'    {SET}\n    monkeypatch.setattr(Desk, "ok", True)\n'
    ),
    "behind a condition": FIXTURE.replace(f"    {SET}\n", f"    if pool:\n        {SET}\n"),
    "gone": FIXTURE.replace(f"    {SET}\n", ""),
    "after the value is made": FIXTURE.replace(
        f"    {SET}\n    return Desk()", f"    made = Desk()\n    {SET}\n    return made"
    ),
    "by another monkeypatch": FIXTURE.replace(
        "@pytest.fixture\ndef desk",
        "@pytest.fixture\ndef monkeypatch():\n    return pool\n\n\n@pytest.fixture\ndef desk",
    ),
    "a fixture that tests may leave out": METHOD.replace("(autouse=True)", ""),
    "a fixture of the class": METHOD.replace("autouse=True", 'autouse=True, scope="class"'),
    "a fixture of another name": METHOD.replace("setup_method", "fresh"),
    "a fixture that skips": METHOD.replace("self.desk = Desk()", "pytest.skip()\n        self.desk = Desk()"),
    "the mark alone": BEFORE.replace(
        "    def setup_method(self)", "    @pytest.fixture(autouse=True)\n    def setup_method(self)"
    ),
}


TWICE = METHOD.replace(
    "    def test_it",
    "    def teardown_method(self):\n        Desk._instance = None\n        self.desk = None\n\n    def test_it",
)
TWICE_BEFORE = BEFORE.replace(
    "    def test_it",
    "    def teardown_method(self):\n        Desk._instance = None\n        self.desk = None\n\n    def test_it",
)
RESET = "        Desk._instance = None\n        self.desk = None\n"
GLOBAL = """import pytest
from desk import Desk

desk = Desk()


@pytest.fixture
def fresh(tmp_path):
    global desk
    desk = Desk()
    return desk


def test_it(fresh):
    assert desk.ok
"""
SETITEM = GLOBAL.replace(
    "tmp_path):\n    global desk\n    desk = Desk()",
    'tmp_path, monkeypatch):\n    monkeypatch.setitem(globals(), "desk", Desk())',
)
LIMITS = """import pytest
from desk import Desk

LIMITS = {"users": 9, "name": ""}


def test_few():
    LIMITS["users"] = 2
    assert Desk(LIMITS["users"]).ok


def test_many():
    assert Desk(LIMITS["users"]).ok
"""
COPIED = LIMITS.replace(
    '""}\n',
    '""}\n\n\n@pytest.fixture(autouse=True)\ndef fresh_limits(monkeypatch):\n    """Give each test its own."""\n    monkeypatch.setitem(globals(), "LIMITS", dict(LIMITS))\n',
)
ACCEPTED_PAIRS = {
    "a reset that is put back need not be made again": (
        TWICE_BEFORE,
        TWICE.replace(RESET, "        self.desk = None\n"),
    ),
    "a reset that is made again": (TWICE_BEFORE, TWICE),
    "a tear-down that only reset": (
        TWICE_BEFORE.replace("        self.desk = None\n", ""),
        TWICE.replace(f"    def teardown_method(self):\n{RESET}\n", ""),
    ),
    "a global": (GLOBAL, SETITEM),
    "settings": (LIMITS, COPIED),
}
REFUSED_PAIRS = {
    "a tear-down without its reset": (
        TWICE_BEFORE,
        TWICE_BEFORE.replace(RESET, "        self.desk = None\n"),
    ),
    "a tear-down without its other step": (TWICE_BEFORE, TWICE.replace(RESET, "        pass\n")),
    "a tear-down of more than the reset": (
        TWICE_BEFORE,
        TWICE.replace(f"    def teardown_method(self):\n{RESET}\n", ""),
    ),
    "a reset of another kind": (
        TWICE_BEFORE.replace("None\n        self.desk = None", "Desk()\n        self.desk = None"),
        TWICE.replace(RESET, "        self.desk = None\n"),
    ),
    "another global": (GLOBAL, SETITEM.replace('"desk", D', '"pytest", D')),
    "a global of another value": (GLOBAL, SETITEM.replace("Desk())", "None)")),
    "another dictionary": (GLOBAL, SETITEM.replace("globals()", "vars(pytest)")),
    "another globals": (GLOBAL, SETITEM.replace("from desk import Desk", "from desk import Desk, globals")),
    "settings of another value": (LIMITS, COPIED.replace("dict(LIMITS)", "dict(users=1)")),
    "settings that are changed on the way": (LIMITS, COPIED.replace("dict(LIMITS)", "dict(LIMITS, users=1)")),
    "settings and a step more": (
        LIMITS,
        COPIED.replace("dict(LIMITS))\n", "dict(LIMITS))\n    monkeypatch.undo()\n"),
    ),
    "settings by another dict": (LIMITS, COPIED.replace("import Desk", "import Desk, dict")),
    "settings of a wider scope": (LIMITS, COPIED.replace("autouse=True", "autouse=True, scope='module'")),
    "a fixture that a test asks for": (
        LIMITS.replace("test_few()", "test_few(fresh_limits)"),
        COPIED.replace("test_few()", "test_few(fresh_limits)"),
    ),
    "what a test leaves for the next": (
        LIMITS.replace('"users"] = 2', '"name"] = 2'),
        COPIED.replace('"users"] = 2', '"name"] = 2'),
    ),
    "what a test adds": (
        LIMITS.replace('"users"] = 2', '"more"] = 2'),
        COPIED.replace('"users"] = 2', '"more"] = 2'),
    ),
    "what is counted": (
        LIMITS.replace('"users"] = 2', '"users"] += 2'),
        COPIED.replace('"users"] = 2', '"users"] += 2'),
    ),
    "what is handed on": (
        LIMITS.replace("Desk(LIMITS[", "Desk(LIMITS, LIMITS["),
        COPIED.replace("Desk(LIMITS[", "Desk(LIMITS, LIMITS["),
    ),
}


@pytest.mark.parametrize("change", ACCEPTED_PAIRS)
def test_what_comes_back_by_itself(change: str, judge: Callable[..., Verdict]) -> None:
    before, after = ACCEPTED_PAIRS[change]
    assert before != after
    verdict = judge(before, after)
    assert verdict.passed, verdict.evidence


@pytest.mark.parametrize("change", REFUSED_PAIRS)
def test_what_only_looks_as_if_it_did(change: str, judge: Callable[..., Verdict]) -> None:
    before, after = REFUSED_PAIRS[change]
    assert before != after
    assert not judge(before, after).passed


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_is_put_back_is_still_set(change: str, judge: Callable[..., Verdict]) -> None:
    after = ACCEPTED[change]
    compile(after, change, "exec")
    assert after != BEFORE
    verdict = judge(BEFORE, after)
    assert verdict.passed, verdict.evidence


@pytest.mark.parametrize("change", REFUSED)
def test_nothing_else_comes_in(change: str, judge: Callable[..., Verdict]) -> None:
    after = REFUSED[change]
    compile(after, change, "exec")
    assert after not in (BEFORE, FIXTURE, METHOD)
    assert not judge(BEFORE, after).passed


@pytest.mark.parametrize("after", [FIXTURE, METHOD], ids=["a fixture", "setup_method"])
def test_the_way_back_is_refused(after: str, judge: Callable[..., Verdict]) -> None:
    assert not judge(after, BEFORE).passed
