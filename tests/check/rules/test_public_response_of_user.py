"""An answer of a user that is said to be for all."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "public-response-of-user"
FOUND = [
    pytest.param(
        """
        def me(request):
            r = answer(request.user)
            r["Cache-Control"] = "s-maxage=60"
            return r
        """,
        [3],
        id="s-maxage",
    ),
]
SILENT = [
    pytest.param(
        """
        def me(request):
            r = answer(request.user)
            r["Cache-Control"] = "private"
            return r
        """,
        id="private",
    ),
    pytest.param(
        """
        def me(request):
            return answer(request.user, scope="public")
        """,
        id="another word",
    ),
    pytest.param(
        """
        def me(request):
            r = answer(request.user)
            r["Cache-Control"] = "public"
            r["Vary"] = "Cookie"
            return r
        """,
        id="it varies",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
