"""Touched and new tests are those whose code changed; they are counted with and without a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.stated_tests import SHOWN, StatedTests, stated_tests, touched_tests

OLD = b"def test_x():\n    assert ask() == 1\n"
STATED = b'''def test_y():
    """Isolation: first is a context; factory makes agents for one; first.asked holds its own.

    More words.
    """
    assert ask() == 2
'''


def test_a_new_module_counts_as_a_whole() -> None:
    counted = stated_tests([("tests/test_a.py", None, OLD + STATED)])
    assert counted == StatedTests(2, 1, ["tests/test_a.py::test_x"])


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
    assert stated_tests([("a.py", None, source)]).without == ["a.py::TestA::test_x"]


def test_only_the_first_are_named() -> None:
    source = b"".join(b"def test_%d():\n    assert %d\n" % (n, n) for n in range(SHOWN + 5))
    counted = stated_tests([("a.py", None, source)])
    assert (counted.tests, len(counted.without)) == (SHOWN + 5, SHOWN)


@given(st.binary(max_size=100), st.none() | st.binary(max_size=100))
def test_any_bytes_can_be_counted(now: bytes, before: bytes | None) -> None:
    assert stated_tests([("a.py", before, b"def test" + now)]).tests >= 0
