"""Claims that are believed."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "jwt-without-verification"
FOUND = [
    pytest.param(
        """
        import jwt
        def who(token):
            claims = jwt.decode(token, options={"verify_signature": False})
            if claims["exp"] < 1:
                return None
            return claims["sub"]
        """,
        [3],
        id="the expiry and the user",
    ),
    pytest.param(
        """
        import jwt
        def claims_of(token):
            claims = jwt.decode(token, options={"verify_signature": False})
            return claims
        """,
        [3],
        id="all of it",
    ),
    pytest.param(
        """
        import jwt
        def f(token):
            return jwt.decode(token, verify=False)
        """,
        [3],
        id="verify=False",
    ),
]
SILENT = [
    pytest.param(
        """
        import jwt
        def is_old(token):
            claims = jwt.decode(token, options={"verify_signature": False})
            if "exp" not in claims:
                return True
            return claims["exp"] < 1 or claims.get("nbf", 0) > 2
        """,
        id="only how long it is good, by a name",
    ),
    pytest.param(
        """
        import jwt
        def f(token):
            return jwt.decode(token, options={"verify_signature": False})["kid"]
        """,
        id="only the key's id",
    ),
    pytest.param(
        """
        import jwt
        def f(id_token):
            return jwt.decode(id_token, options={"verify_signature": False})["sub"]
        """,
        id="an id token from the provider",
    ),
    pytest.param(
        """
        import base64
        def f(token):
            return base64.decode(token, verify=False)
        """,
        id="another decode",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
