"""Which test modules a patch is judged by."""

from cellwall.migrate.gates.selection import MOST_OF_SUPPORT, select

EXISTING = [
    "tests/test_a.py",
    "tests/api/test_b.py",
    "tests/api/deep/test_c.py",
    "other/test_d.py",
    "tests/code.py",
]


def test_changed_test_modules_alone() -> None:
    chosen = select(["tests/test_a.py", "tests/b_test.py"], ["tests/test_a.py", "tests/test_z.py"], EXISTING)
    assert chosen.paths == ("tests/b_test.py", "tests/test_a.py")


def test_a_conftest_brings_the_batch_and_what_lies_below() -> None:
    chosen = select(["tests/api/conftest.py"], ["tests/api/conftest.py", "other/test_d.py"], EXISTING)
    assert chosen.paths == ("other/test_d.py", "tests/api/deep/test_c.py", "tests/api/test_b.py")
    assert chosen.left_out == 0


def test_nearest_first_and_bounded() -> None:
    existing = [f"tests/deep/test_{number:03}.py" for number in range(100)] + ["tests/test_near.py"]
    chosen = select(["tests/conftest.py"], [], existing)
    assert len(chosen.paths) == MOST_OF_SUPPORT
    assert "tests/test_near.py" in chosen.paths
    assert chosen.left_out == 101 - MOST_OF_SUPPORT


def test_the_top_conftest_reaches_everything() -> None:
    assert len(select(["conftest.py"], [], EXISTING).paths) == 4


def test_data_files_bring_nothing() -> None:
    assert select(["tests/data.json"], [], EXISTING).paths == ()
