"""Tokens without an end."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "jwt-without-expiry"
FOUND = [
    pytest.param(
        """
        import jwt
        def f(token, key):
            return jwt.decode(token, key, options={"verify_aud": False})
        """,
        [3],
        id="audience off",
    ),
]
SILENT = [
    pytest.param(
        """
        import jwt
        def f(user_id, key):
            claims = {"sub": user_id}
            claims["exp"] = 1
            return jwt.encode(claims, key)
        """,
        id="an end put in later",
    ),
    pytest.param(
        """
        import jwt
        def f(token, key):
            claims = jwt.decode(token, key, options={"verify_exp": False})
            return claims["exp"]
        """,
        id="asked by hand",
    ),
    pytest.param(
        """
        import jwt
        def f(token, key):
            jwt.decode(token, key, options={"verify_exp": False})
            return True
        """,
        id="only the signature is asked",
    ),
    pytest.param(
        """
        import jwt
        def f(key):
            return jwt.encode({"iss": "a"}, key)
        """,
        id="no user in it",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
