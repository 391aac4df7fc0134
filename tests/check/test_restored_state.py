"""Resets of an application's state that pytest puts back: spelled rightly, run by pytest, or listed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason

Fix = Callable[..., FixResult]

APPLICATION = """
class Desk:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance
"""
LAST = """

def test_what_is_left():
    assert Desk._instance == "of the application"
    assert not hasattr(Desk, "_others")
"""
HEAD = """
    import pytest
    from desk import Desk
"""
REPAIRED = {
    "a fixture": """
    @pytest.fixture
    def desk():
        Desk._instance = None
        return Desk()

    def test_it(desk):
        assert Desk() is desk
    """,
    "a fixture that asks for others": """
    @pytest.fixture
    def desk(tmp_path):
        Desk._instance = None
        yield Desk()

    def test_it(desk):
        assert Desk() is desk
    """,
    "a fixture that has it": """
    @pytest.fixture
    def desk(monkeypatch):
        Desk._instance = None
        yield Desk()

    def test_it(desk):
        assert Desk() is desk
    """,
    "before and after": """
    @pytest.fixture(autouse=True)
    def fresh():
        Desk._instance = None
        yield
        Desk._instance = None

    def test_it():
        assert Desk() is Desk()
    """,
    "an attribute that is not there": """
    @pytest.fixture
    def desk():
        Desk._others = []
        return Desk()

    def test_it(desk):
        assert Desk._others == []
    """,
    "setup_method": """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None
            self.desk = Desk()

        def test_it(self):
            assert Desk() is self.desk

        @pytest.mark.parametrize("n", [1, 2])
        def test_each(self, n, tmp_path):
            assert Desk() is self.desk
    """,
    "setup_method and a modest tear-down": """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None
            self.seen = [Desk()]

        def teardown_method(self):
            self.seen.clear()

        def test_it(self):
            assert self.seen == [Desk()]
    """,
}
REPAIRED["the same reset before and after"] = """
    class TestDesk:
        def setup_method(self):
            # first
            Desk._instance = None
            import desk
            desk.count = 0

        def teardown_method(self):
            \'\'\'Tidy up.\'\'\'
            # last
            Desk._instance = None
            import desk
            desk.count = 0

        def test_it(self):
            assert Desk() is Desk()
    """
REPAIRED["a tear-down that does nothing else"] = """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None

        def teardown_method(self):
            Desk._instance = None

        def test_it(self):
            assert Desk() is Desk()
    """
LISTED = {
    "a tear-down that resets and looks at other things": (
        """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None

        def teardown_method(self):
            Desk._instance = None
            print(Desk)

        def test_it(self):
            assert Desk()
    """,
        Reason.ESCAPES,
    ),
    "teardown_method": (
        """
    class TestDesk:
        def teardown_method(self):
            Desk._instance = None

        def test_it(self):
            assert Desk()
    """,
        Reason.UNKNOWN_SHAPE,
    ),
    "a tear-down that looks at it": (
        """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None

        def teardown_method(self):
            assert Desk._instance

        def test_it(self):
            assert Desk()
    """,
        Reason.ESCAPES,
    ),
    "unittest": (
        """
    import unittest

    class DeskTest(unittest.TestCase):
        def setUp(self):
            Desk._instance = None

        def test_it(self):
            assert Desk()
    """,
        Reason.UNITTEST,
    ),
    "a class with a subclass": (
        """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None

        def test_it(self):
            assert Desk()

    class TestOther(TestDesk):
        pass
    """,
        Reason.ESCAPES,
    ),
    "a class with a base": (
        """
    class TestDesk(Desk):
        def setup_method(self):
            Desk._instance = None

        def test_it(self):
            assert Desk()
    """,
        Reason.ESCAPES,
    ),
    "beside another fixture that every test gets": (
        """
    class TestDesk:
        @pytest.fixture(autouse=True)
        def opened(self):
            return Desk()

        def setup_method(self):
            Desk._instance = None

        def test_it(self):
            assert Desk()
    """,
        Reason.ESCAPES,
    ),
    "called by its name": (
        """
    class TestDesk:
        def setup_method(self):
            Desk._instance = None

        def test_it(self):
            self.setup_method()
            assert Desk()
    """,
        Reason.ESCAPES,
    ),
    "that takes the method": (
        """
    class TestDesk:
        def setup_method(self, method):
            Desk._instance = None

        def test_it(self):
            assert Desk()
    """,
        Reason.UNKNOWN_SHAPE,
    ),
    "of a module": (
        """
    def setup_function():
        Desk._instance = None

    def test_it():
        assert Desk()
    """,
        Reason.UNKNOWN_SHAPE,
    ),
    "emptied in place": (
        """
    @pytest.fixture
    def desk():
        Desk._others.clear()

    def test_it(desk):
        assert Desk()
    """,
        Reason.UNKNOWN_SHAPE,
    ),
    "by a function inside": (
        """
    @pytest.fixture
    def desk():
        def close():
            Desk._instance = None
        return close

    def test_it(desk):
        desk()
    """,
        Reason.UNKNOWN_SHAPE,
    ),
    "where monkeypatch is another": (
        """
    @pytest.fixture
    def monkeypatch():
        return 1

    @pytest.fixture
    def desk():
        Desk._instance = None

    def test_it(desk):
        assert Desk()
    """,
        Reason.UNKNOWN_SHAPE,
    ),
}


def source(body: str) -> str:
    return dedent(HEAD) + "\n\n" + dedent(body)


@pytest.mark.parametrize("shape", REPAIRED)
def test_what_is_repaired(shape: str, fix: Fix) -> None:
    result = fix(source(REPAIRED[shape]), rules=("CW107",))
    assert result.repaired
    assert not result.remaining


def test_pytest_puts_it_back(fix: Fix, tmp_path: Path) -> None:
    """Every shape before and after, each with a class of its own, and a module that asks what was left."""
    for number, text in enumerate(REPAIRED.values()):
        after = fix(source(text), rules=("CW107",)).source.decode()
        for version, content in (("before", source(text)), ("after", after)):
            name = f"{number}_{version}"
            application = APPLICATION.replace("_instance = None", '_instance = "of the application"', 1)
            (tmp_path / f"desk_{name}.py").write_text(application)
            renamed = content.replace("from desk import", f"from desk_{name} import")
            (tmp_path / f"test_{name}.py").write_text(renamed)
            (tmp_path / f"test_{name}_left.py").write_text(f"from desk_{name} import Desk\n{LAST}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-rf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    failed = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAILED")}
    left = {f"test_{n}_before_left.py::test_what_is_left" for n in range(len(REPAIRED))}
    assert failed == left, done.stdout


@pytest.mark.parametrize("shape", LISTED)
def test_what_is_listed(shape: str, fix: Fix) -> None:
    text, reason = LISTED[shape]
    result = fix(source(text), rules=("CW107",))
    assert result.source.decode() == source(text)
    assert {finding.reason for finding in result.remaining} == {reason}


def test_application_code_is_not_touched(fix: Fix) -> None:
    text = source(REPAIRED["a fixture"])
    assert fix(text, path="app/desk_support.py", rules=("CW107",)).source.decode() == text
