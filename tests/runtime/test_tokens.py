"""A token names its user, and nothing else gets past."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from cellwall import TokenIssuer, decode_token, generate_token
from cellwall.runtime.errors import InvalidIdError, TokenExpiredError, TokenInvalidError

KEY = b"k" * 32
NOW = 1_000_000.0


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer(KEY, audience="here", lifetime=60, clock=lambda: NOW)


def signed(
    claims: dict[str, Any], key: Any = None, header: dict[str, Any] | None = None, algorithms: Any = None
) -> str:
    full = {"user_id": "ada", "aud": "here", "exp": int(NOW) + 60} | claims
    kept = {name: value for name, value in full.items() if value is not None}
    return jwt.encode(header or {"alg": "HS256"}, kept, key or OctKey.import_key(KEY), algorithms=algorithms)


def test_module_level_functions() -> None:
    first, second = generate_token(user_id="ada"), generate_token(user_id="bob")
    assert decode_token(first)["user_id"] == "ada"
    assert decode_token(second)["user_id"] == "bob"
    assert first != second != generate_token(user_id="bob")


def test_claims(issuer: TokenIssuer) -> None:
    claims = issuer.decode_token(issuer.generate_token("ada", plan="free"))
    assert (claims["user_id"], claims["aud"], claims["plan"]) == ("ada", "here", "free")
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 60)


@pytest.mark.parametrize("claim", ["user_id", "aud", "exp", "iat", "jti"])
def test_nobody_sets_the_issuers_claims(issuer: TokenIssuer, claim: str) -> None:
    claims: dict[str, Any] = {claim: "mallory"}
    with pytest.raises((ValueError, TypeError)):
        issuer.generate_token("ada", **claims)


def test_no_token_for_nobody(issuer: TokenIssuer) -> None:
    with pytest.raises(InvalidIdError):
        issuer.generate_token("default")


def test_expiry(issuer: TokenIssuer) -> None:
    token = issuer.generate_token("ada", expires_in=10)
    late = TokenIssuer(KEY, audience="here", clock=lambda: NOW + 11)
    with pytest.raises(TokenExpiredError):
        late.decode_token(token)


def test_other_keys_and_audiences(issuer: TokenIssuer) -> None:
    for other in (
        TokenIssuer(b"o" * 32, audience="here", clock=lambda: NOW),
        TokenIssuer(KEY, audience="elsewhere", clock=lambda: NOW),
        TokenIssuer(clock=lambda: NOW, audience="here"),
    ):
        with pytest.raises(TokenInvalidError):
            other.decode_token(issuer.generate_token("ada"))


@pytest.mark.parametrize(
    "claims",
    [{"user_id": None}, {"aud": None}, {"exp": None}, {"user_id": ""}, {"user_id": 7}, {"user_id": "none"}],
)
def test_claims_that_must_be_there(issuer: TokenIssuer, claims: dict[str, Any]) -> None:
    assert issuer.decode_token(signed({}))["user_id"] == "ada"
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(signed(claims))


def test_one_algorithm_alone(issuer: TokenIssuer) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"user_id": "ada", "aud": "here", "exp": int(NOW) + 60}
    unsigned = f"{part({'alg': 'none'})}.{part(claims)}."
    longer = signed({}, header={"alg": "HS512"}, algorithms=["HS512"], key=OctKey.import_key(KEY * 2))
    rsa = signed({}, header={"alg": "RS256"}, algorithms=["RS256"], key=RSAKey.generate_key(2048))
    for token in (unsigned, longer, rsa):
        with pytest.raises(TokenInvalidError):
            issuer.decode_token(token)


@given(st.data())
def test_changed_tokens_are_refused(data: st.DataObject) -> None:
    issuer = TokenIssuer(KEY, clock=lambda: NOW)
    token = issuer.generate_token("ada")
    # The last character of a part carries padding bits, which may change without changing the bytes.
    fixed = [at for at in range(len(token)) if token[at] != "." and token[at + 1 : at + 2] not in ("", ".")]
    at = data.draw(st.sampled_from(fixed))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[at]))
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(token[:at] + other + token[at + 1 :])


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers()))
def test_what_is_no_token(value: Any) -> None:
    with pytest.raises(TokenInvalidError):
        TokenIssuer(KEY).decode_token(value)


def test_far_too_long(issuer: TokenIssuer) -> None:
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(issuer.generate_token("ada", blob="x" * 10_000))


def test_weak_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        TokenIssuer(b"secret")


def test_errors_do_not_tell_the_token(issuer: TokenIssuer) -> None:
    token = issuer.generate_token("ada")[:-3]
    with pytest.raises(TokenInvalidError) as caught:
        issuer.decode_token(token)
    assert token not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
