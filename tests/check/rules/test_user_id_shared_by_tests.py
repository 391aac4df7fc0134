"""One user of many tests."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "user-id-shared-by-tests"
FOUND = [
    pytest.param(
        """
        def test_a(s):
            s.add(tenant_id="t")
        def test_b(s):
            s.add(tenant_id="t")
        def test_c(s):
            s.add(tenant_id="t")
        def test_d(s):
            s.add(tenant_id="t")
        """,
        [2],
        id="the first place",
    ),
]
SILENT = [
    pytest.param(
        """
        def test_a(s):
            s.add(user_id="a")
            s.add(user_id="b")
        def test_b(s):
            s.add(user_id="a")
        def test_c(s):
            s.add(user_id="a")
        """,
        id="beside another",
    ),
    pytest.param(
        """
        def test_a(s):
            s.add(user_id="a")
        def test_b(s):
            s.add(user_id="a")
        """,
        id="two tests",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source, path="tests/test_x.py") == []
