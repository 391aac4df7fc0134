"""Claims that are believed."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "jwt-without-verification"
FOUND = [
    pytest.param(
        """
        import base64, json
        def _claims(token):
            part = token.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(part))
        def is_old(token, now):
            return _claims(token)["exp"] < now
        def who(token):
            return _claims(token)["sub"]
        """,
        [4],
        id="a private helper, the user too",
    ),
    pytest.param(
        """
        import base64, json
        def claims(token):
            part = token.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(part))
        def is_old(token, now):
            return claims(token)["exp"] < now
        """,
        [4],
        id="a helper that others may use",
    ),
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
        def f(token):
            return jwt.decode(token, options={"verify_signature": False}).get("jti")
        """,
        id="the token's own id",
    ),
    pytest.param(
        """
        import jwt
        def f(answer):
            idToken = answer["id_token"]
            return jwt.decode(idToken, options={"verify_signature": False})["sub"]
        """,
        id="an id token in another spelling",
    ),
    pytest.param(
        """
        import base64, json
        def f(id_token):
            part = id_token.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(part))
        """,
        id="an id token by hand",
    ),
    pytest.param(
        """
        import base64, json
        def f(signing_input):
            head, part = signing_input.split(".", 1)
            return json.loads(base64.urlsafe_b64decode(part))["sub"]
        """,
        id="what is yet to be signed",
    ),
    pytest.param(
        """
        import base64, json
        def _claims(token):
            part = token.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(part))
        def is_old(token, now):
            claims = _claims(token)
            if not claims:
                return True
            return claims["exp"] < now
        """,
        id="a private helper, only the expiry",
    ),
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
