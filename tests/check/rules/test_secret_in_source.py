"""Secrets in the source."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "secret-in-source"
FOUND = [
    pytest.param(
        """
        import os
        SECRET_KEY = os.getenv("SECRET_KEY") or "hunter2"
        """,
        [2],
        id="or",
    ),
    pytest.param(
        """
        class Config:
            JWT_SECRET_KEY = "hunter2"
        """,
        [2],
        id="in a class",
    ),
]
SILENT = [
    pytest.param(
        """
        SECRET_KEY = "SECRET_KEY"
        """,
        id="the name of a variable",
    ),
    pytest.param(
        """
        SECRET_KEY = "{{ secret }}"
        """,
        id="a placeholder of a template",
    ),
    pytest.param(
        """
        JWT_SECRET = "/run/secrets/jwt"
        """,
        id="a path",
    ),
    pytest.param(
        """
        import os
        SECRET_KEY = os.environ["SECRET_KEY"]
        """,
        id="from the environment",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
