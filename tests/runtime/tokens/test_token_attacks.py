"""What somebody with an account, a text editor and time sends as a token: everything is refused alike."""

import base64
import hmac
import json
from itertools import product
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jws, jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey

from cellwall import TokenIssuer
from cellwall.runtime.errors import TokenError, TokenInvalidError
from cellwall.runtime.tokens import ServiceKey, ServiceTokenIssuer, ServiceTokenVerifier, SigningKey

KEY = b"k" * 32
NOW = 1_000_000.0
KID = SigningKey(KEY).kid
CLAIMS: dict[str, Any] = {
    "user_id": "victim", "iss": "cellwall", "aud": "here", "jti": "1",
    "iat": NOW, "nbf": NOW, "exp": NOW + 60,
}  # fmt: skip
NONE_IN_ALL_CASES = ["".join(word) for word in product(*zip("none", "NONE", strict=True))]


def issuer() -> TokenIssuer:
    return TokenIssuer(KEY, audience="here", lifetime=60, clock=lambda: NOW)


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def forged(header: Any, claims: Any = None, key: bytes = KEY, digest: str = "sha256") -> str:
    """Put a token together by hand, with a real HMAC over whatever is in it."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    body = claims if isinstance(claims, bytes) else json.dumps(CLAIMS if claims is None else claims).encode()
    signed = f"{b64(head)}.{b64(body)}"
    return f"{signed}.{b64(hmac.digest(key, signed.encode(), digest))}"


def refused(token: Any) -> None:
    with pytest.raises(TokenInvalidError):
        issuer().decode_token(token)


def test_the_forger_knows_the_form() -> None:
    good = forged({"alg": "HS256", "kid": KID, "typ": "JWT"})
    assert issuer().decode_token(good)["user_id"] == "victim"


@pytest.mark.parametrize("name", NONE_IN_ALL_CASES)
def test_no_algorithm(name: str) -> None:
    head = {"alg": name, "kid": KID, "typ": "JWT"}
    signed = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    refused(f"{signed}.")
    refused(signed)
    refused(forged(head))


@pytest.mark.parametrize(
    "algorithm",
    ["HS384", "HS512", "hs256", "HS256 ", "", None, 7, ["HS256"], {"a": 1}, "EdDSA", "Ed25519", "RS256"],
)
def test_another_algorithm(algorithm: Any) -> None:
    refused(forged({"alg": algorithm, "kid": KID, "typ": "JWT"}))
    digest = {"HS384": "sha384", "HS512": "sha512"}.get(str(algorithm), "sha256")
    refused(forged({"alg": algorithm, "kid": KID, "typ": "JWT"}, digest=digest))


@pytest.mark.parametrize("typ", ["jwt", "at+jwt", "cellwall-service+jwt", "", None, 7])
def test_another_type_of_token(typ: Any) -> None:
    refused(forged({"alg": "HS256", "kid": KID, "typ": typ}))


@pytest.mark.parametrize(
    "kid",
    ["", "other", "../../../../dev/null", "/dev/null", "' OR '1'='1", "x' UNION SELECT 'key", f"{KID}\0",
     f" {KID}", KID.upper() + "\n", "http://evil.example/key", None, 7, [KID], {"kid": KID}, True],
    ids=repr,
)  # fmt: skip
def test_another_key_id(kid: Any) -> None:
    for key in (KEY, b"", b"\0" * 32):
        refused(forged({"alg": "HS256", "kid": kid, "typ": "JWT"}, key=key))


def test_no_key_id() -> None:
    refused(forged({"alg": "HS256", "typ": "JWT"}))


@pytest.mark.parametrize(
    "extra",
    [{"crit": ["exp"], "exp": 1}, {"crit": ["b64"], "b64": False}, {"b64": False}, {"crit": []},
     {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/cert"}, {"x5c": ["MII="]},
     {"jwk": {"kty": "oct", "k": b64(KEY)}}, {"zip": "DEF"}, {"crit": "x"}, {"cty": "JWT"},
     {"enc": "A256GCM"}, {"x5t": "x"}, {"unknown": 1}],
    ids=str,
)  # fmt: skip
def test_a_header_that_brings_something_along(extra: dict[str, Any]) -> None:
    refused(forged({"alg": "HS256", "kid": KID, "typ": "JWT"} | extra))


@pytest.mark.parametrize(
    "header",
    [b"", b"null", b"7", b'"alg"', b'["alg"]', b"{", b"\xff\xfe", b'{"alg":"HS256"', b"[" * 380, b"{}"],
)
def test_a_header_that_is_none(header: bytes) -> None:
    refused(forged(header))


@pytest.mark.parametrize(
    "claims",
    [b"", b"null", b"7", b'"x"', b"[]", b"{", b"\xff", b"{}",
     b'{"user_id":"mallory",' + json.dumps(CLAIMS).encode()[1:],
     b'{"extra":{"a":1,"a":2},' + json.dumps(CLAIMS).encode()[1:],
     b'{"deep":' + b"[" * 2500 + b"]" * 2500 + b"," + json.dumps(CLAIMS).encode()[1:],
     b'{"big":' + b"9" * 5000 + b"," + json.dumps(CLAIMS).encode()[1:],
     b'{"n":NaN,' + json.dumps(CLAIMS).encode()[1:], b'{"n":-Infinity,' + json.dumps(CLAIMS).encode()[1:]],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_signed_claims_that_are_none(claims: bytes) -> None:
    refused(forged({"alg": "HS256", "kid": KID, "typ": "JWT"}, claims))


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e400", "NaN", "1" + "0" * 400])
def test_an_endless_life(number: str) -> None:
    body = json.dumps(CLAIMS).replace(str(NOW + 60), number).encode()
    assert number.encode() in body
    refused(forged({"alg": "HS256", "kid": KID, "typ": "JWT"}, body))


def test_truncated_at_every_byte() -> None:
    token = issuer().generate_token("victim")
    for length in range(len(token)):
        refused(token[:length])
        refused(token[length + 1 :])


def test_every_bit_of_every_byte() -> None:
    checker = issuer()
    token = checker.generate_token("victim")
    checker.decode_token(token)  # in the cache: near misses must not find it
    accepted = []
    for at, letter in enumerate(token):
        for bit in range(7):
            other = token[:at] + chr(ord(letter) ^ 1 << bit) + token[at + 1 :]
            try:
                checker.decode_token(other)
            except TokenInvalidError:
                continue
            accepted.append(other)
    assert accepted == []


@given(st.data())
def test_other_letters_added_anywhere(data: st.DataObject) -> None:
    checker = issuer()
    token = checker.generate_token("victim")
    checker.decode_token(token)
    at = data.draw(st.integers(0, len(token)))
    added = data.draw(st.text(min_size=1, max_size=3))
    with pytest.raises(TokenInvalidError):
        checker.decode_token(token[:at] + added + token[at:])


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\r\n", "\0", "\u200b", "\ufeff", "\u00a0", "=", "=="])
def test_white_space_and_padding(space: str) -> None:
    token = issuer().generate_token("victim")
    for other in (
        token + space,
        space + token,
        token.replace(".", space + "."),
        token.replace(".", "." + space),
    ):
        refused(other)


def test_letters_that_look_alike() -> None:
    token = issuer().generate_token("victim")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in token)
    for other in (wide, token.replace(".", "\uff0e"), token.replace("e", "\u0435"), "\ud800" + token):
        refused(other)


def test_eight_megabytes() -> None:
    for huge in ("x" * 8_000_000, "." * 8_000_000, f"{'A' * 4_000_000}.{'A' * 4_000_000}.x"):
        refused(huge)


@given(st.one_of(st.text(), st.binary(), st.none(), st.integers(), st.lists(st.text())))
def test_what_is_no_token(value: Any) -> None:
    refused(value)


@given(st.from_regex(r"[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}", fullmatch=True))
def test_what_looks_like_a_token(value: str) -> None:
    refused(value)


def test_an_encrypted_token() -> None:
    key = OctKey.import_key(KEY)
    registry = jwe.JWERegistry(algorithms=["dir", "A256GCM"])
    sealed = jwt.encode({"alg": "dir", "enc": "A256GCM"}, CLAIMS, key, registry=registry)
    refused(sealed)


def test_a_token_inside_a_token() -> None:
    inner = issuer().generate_token("victim").encode()
    refused(jws.serialize_compact({"alg": "HS256", "kid": KID, "typ": "JWT"}, inner, OctKey.import_key(KEY)))
    refused(f"{issuer().generate_token('a')}.{issuer().generate_token('b')}")


def test_the_public_key_as_a_secret() -> None:
    """Algorithm confusion: HS256 with what everybody knows, against a verifier of Ed25519."""
    key = ServiceKey.generate()
    trusted = key.trusted_as("billing")
    verifier = ServiceTokenVerifier("notes", [trusted], clock=lambda: NOW)
    claims = {"iss": "billing", "aud": "notes", "sub": "victim", "act": {"sub": "billing"}, "jti": "1"}
    claims |= {"iat": NOW, "nbf": NOW, "exp": NOW + 30}
    raw = OKPKey.import_key(trusted.public_pem).public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    good = jwt.encode(
        {"alg": "Ed25519", "kid": key.kid, "typ": "cellwall-service+jwt"},
        claims,
        key.key,
        algorithms=["Ed25519"],
    )
    assert verifier.verify(good).user_id == "victim"
    for secret in (trusted.public_pem, trusted.public_pem.strip(), raw):
        for algorithm in ("HS256", "none", "Ed25519", "EdDSA"):
            header = {"alg": algorithm, "kid": key.kid, "typ": "cellwall-service+jwt"}
            with pytest.raises(TokenError):
                verifier.verify(forged(header, claims, key=secret))


def test_asymmetric_signatures_for_a_verifier_of_hmac() -> None:
    okp, rsa = OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)
    for key, algorithm in ((okp, "Ed25519"), (rsa, "RS256"), (rsa, "PS256")):
        refused(jwt.encode({"alg": algorithm, "kid": KID}, CLAIMS, key, algorithms=[algorithm]))


def test_tokens_of_one_kind_are_none_of_the_other() -> None:
    key = ServiceKey.generate()
    service = ServiceTokenIssuer("billing", key, clock=lambda: NOW)
    verifier = ServiceTokenVerifier("here", [key.trusted_as("billing")], clock=lambda: NOW)
    refused(service.issue("here"))
    with pytest.raises(TokenInvalidError):
        verifier.verify(issuer().generate_token("ada"))


def test_an_ed25519_private_key_of_the_attackers_own() -> None:
    trusted = ServiceKey.generate()
    verifier = ServiceTokenVerifier("notes", [trusted.trusted_as("billing")], clock=lambda: NOW)
    mine = OKPKey.import_key(Ed25519PrivateKey.generate())
    claims = {
        "iss": "billing",
        "aud": "notes",
        "sub": "billing",
        "jti": "1",
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 9,
    }
    for extra in ({}, {"jwk": mine.as_dict(private=False)}):
        header = {"alg": "Ed25519", "kid": trusted.kid, "typ": "cellwall-service+jwt"} | extra
        with pytest.raises(TokenInvalidError):
            verifier.verify(jwt.encode(header, claims, mine, algorithms=["Ed25519"]))


@pytest.mark.parametrize("wrong", [0, 20, 42])
def test_signatures_are_compared_in_constant_time(wrong: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each refusal and each acceptance is one `hmac.compare_digest` of the two whole signatures."""
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr("joserfc._rfc7518.jws_algs.hmac.compare_digest", compare)
    good = forged({"alg": "HS256", "kid": KID, "typ": "JWT"})
    signed, _, signature = good.rpartition(".")
    other = "A" if signature[wrong] != "A" else "Q"
    refused(f"{signed}.{signature[:wrong]}{other}{signature[wrong + 1 :]}")
    assert issuer().decode_token(good)
    assert [len(one) == len(other) == 32 for one, other in compared] == [True, True]
