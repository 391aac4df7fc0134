"""What tests of one module share and get anew: run by pytest before and after, or listed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from cellwall.check.fixer import FixResult
from cellwall.check.reason import Reason

Fix = Callable[..., FixResult]
REPAIRED = {
    "settings": """
    import pytest

    LIMITS = {
        "users": 9,
        "name": "all",
    }


    def limit():
        return LIMITS["users"]


    class TestLimits:
        def test_few(self):
            before = LIMITS.copy()
            LIMITS["users"] = 2
            try:
                LIMITS.update(name="few")
                assert limit() == 2
            finally:
                LIMITS.clear()
                LIMITS.update(before)

        def test_fewer(self):
            LIMITS["users"] = 3
            assert limit() == 3

        def test_many(self):
            assert limit() == 9
            assert LIMITS.get("name") == "all"
    """,
    "a global that a fixture makes anew": """
    import pytest

    class Tally:
        def __init__(self):
            self.seen = []

    counter = Tally()

    @pytest.fixture
    def counting(tmp_path):
        global counter
        # one of this test
        counter = Tally()
        return counter.seen

    def test_first(counting):
        counter.seen.append(1)
        assert counting == [1]

    def test_last():
        assert counter.seen == []
    """,
}
LISTED = {
    "what one test leaves for the next": """
    SEEN = {"user": None}

    def test_first():
        SEEN["user"] = "ann"

    def test_last():
        assert SEEN["user"] == "ann"
    """,
    "what a test adds": """
    SEEN = {"user": "bob"}

    def test_first():
        SEEN["other"] = "ann"

    def test_last():
        assert SEEN["user"]
    """,
    "what is counted": """
    SEEN = {"calls": 1}

    def test_first():
        SEEN["calls"] += 1

    def test_last():
        assert SEEN["calls"] == 2
    """,
    "what is filled and not put back": """
    SEEN = {"user": "bob"}

    def test_first():
        SEEN.update(user="ann")

    def test_last():
        assert SEEN["user"] == "ann"
    """,
    "what is handed on": """
    SEEN = {"user": "bob"}

    def keep(what=SEEN):
        return what

    def test_first():
        SEEN["user"] = "ann"

    def test_last():
        assert keep()["user"] == "ann"
    """,
    "a global that others set too": """
    import pytest

    made = None

    @pytest.fixture(autouse=True)
    def making():
        global made, other
        made = object()
        return made

    def test_first():
        global made
        made = 1
    """,
}


@pytest.mark.parametrize("shape", REPAIRED)
def test_what_is_repaired(shape: str, fix: Fix) -> None:
    result = fix(dedent(REPAIRED[shape]), rules=("CW107",))
    assert result.repaired
    assert not result.remaining


def test_the_next_test_finds_what_was_there(fix: Fix, tmp_path: Path) -> None:
    for number, text in enumerate(map(dedent, REPAIRED.values())):
        (tmp_path / f"test_{number}_before.py").write_text(text)
        (tmp_path / f"test_{number}_after.py").write_text(fix(text, rules=("CW107",)).source.decode())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-rf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    failed = {line.split("::")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")}
    assert failed == {"FAILED test_0_before.py", "FAILED test_1_before.py"}, done.stdout
    assert "8 passed" in done.stdout


@pytest.mark.parametrize("shape", LISTED)
def test_what_is_listed(shape: str, fix: Fix) -> None:
    text = dedent(LISTED[shape])
    result = fix(text, rules=("CW107",))
    assert result.source.decode() == text
    assert {finding.reason for finding in result.remaining} <= {Reason.ESCAPES, Reason.UNKNOWN_SHAPE}
    assert result.remaining
