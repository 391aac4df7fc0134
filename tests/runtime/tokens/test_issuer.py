"""A token names its user; keys, lifetimes and claims are the issuer's alone."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from cellwall import TokenIssuer, decode_token, generate_token
from cellwall.runtime.errors import InvalidIdError, TokenError, TokenExpiredError, TokenInvalidError
from cellwall.runtime.identity import fresh_id
from cellwall.runtime.tokens import KeyRing, SigningKey

KEY = b"k" * 32
NOW = 1_000_000.0
Clock = Any


@pytest.fixture
def issuer(clock: Clock) -> TokenIssuer:
    return TokenIssuer(KEY, audience="here", lifetime=60, clock=clock)


def signed(claims: dict[str, Any], key: bytes = KEY) -> str:
    """Sign what is almost a token of the issuer; None takes a claim away."""
    full = {"user_id": "ada", "iss": "cellwall", "aud": "here", "jti": fresh_id()}
    full |= {"iat": NOW, "nbf": NOW, "exp": NOW + 60}
    kept = {name: value for name, value in (full | claims).items() if value is not None}
    header = {"alg": "HS256", "kid": SigningKey(key).kid}
    return jwt.encode(header, kept, OctKey.import_key(key))


def test_module_level_functions() -> None:
    first, second = generate_token(user_id="ada"), generate_token(user_id="bob")
    assert decode_token(first)["user_id"] == "ada"
    assert decode_token(second)["user_id"] == "bob"
    assert first != second != generate_token(user_id="bob")


def test_claims(issuer: TokenIssuer) -> None:
    claims = issuer.decode_token(issuer.generate_token("ada", plan="free", session_id="s-1"))
    assert (claims["user_id"], claims["aud"], claims["plan"], claims["session_id"]) == (
        "ada",
        "here",
        "free",
        "s-1",
    )
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (NOW, NOW, NOW + 60)


@pytest.mark.parametrize("claim", ["user_id", "aud", "exp", "iat", "jti", "iss", "nbf"])
def test_nobody_sets_the_issuers_claims(issuer: TokenIssuer, claim: str) -> None:
    claims: dict[str, Any] = {claim: "mallory"}
    with pytest.raises((ValueError, TypeError)):
        issuer.generate_token("ada", **claims)


@pytest.mark.parametrize("user_id", ["", "none", "default", " ada", None, 7])
def test_only_real_users_get_tokens(issuer: TokenIssuer, user_id: Any) -> None:
    with pytest.raises(InvalidIdError):
        issuer.generate_token(user_id)
    with pytest.raises(InvalidIdError):
        issuer.generate_token("ada", session_id="")


def test_what_cannot_be_read_back_is_not_made(issuer: TokenIssuer) -> None:
    with pytest.raises(ValueError, match="characters"):
        issuer.generate_token("ada", blob="x" * 10_000)
    with pytest.raises((ValueError, TypeError)):
        issuer.generate_token("ada", thing=object())
    with pytest.raises(ValueError, match="not JSON compliant"):
        issuer.generate_token("ada", number=float("nan"))


def test_expiry_to_the_second(issuer: TokenIssuer, clock: Clock) -> None:
    token = issuer.generate_token("ada", expires_in=10)
    clock.now = NOW + 9.99
    assert issuer.decode_token(token)["user_id"] == "ada"
    clock.now = NOW + 10
    for _ in range(2):  # from the cache, and then without it
        with pytest.raises(TokenExpiredError):
            issuer.decode_token(token)


def test_no_token_lives_too_long(issuer: TokenIssuer) -> None:
    with pytest.raises(ValueError, match="may live 86400 s"):
        issuer.generate_token("ada", expires_in=86_401)
    with pytest.raises(ValueError, match="more than the longest"):
        TokenIssuer(KEY, lifetime=61, max_lifetime=60)
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(signed({"exp": NOW + 86_401}))
    issuer.decode_token(signed({"exp": NOW + 86_400}))


@pytest.mark.parametrize(
    "change",
    [{"user_id": None}, {"user_id": ""}, {"user_id": 7}, {"user_id": "none"}, {"user_id": ["ada"]},
     {"aud": None}, {"aud": "elsewhere"}, {"aud": ["here", "elsewhere"]}, {"aud": "HERE"}, {"aud": ""},
     {"iss": None}, {"iss": "mallory"}, {"jti": None}, {"jti": ""}, {"jti": 7}, {"session_id": ""},
     {"session_id": 7}],
    ids=str,
)  # fmt: skip
def test_claims_that_must_be_right(issuer: TokenIssuer, change: dict[str, Any]) -> None:
    assert issuer.decode_token(signed({}))["user_id"] == "ada"
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(signed(change))


@pytest.mark.parametrize("claim", ["iat", "nbf", "exp"])
@pytest.mark.parametrize(
    "value",
    [None, "1000030", str(NOW), True, False, -1, -NOW, 2**60, 10**30, 1e300, [NOW], {"at": NOW}, ""],
    ids=str,
)
def test_times_that_are_none(issuer: TokenIssuer, claim: str, value: Any) -> None:
    with pytest.raises(TokenError):
        issuer.decode_token(signed({claim: value}))


def test_a_clock_may_be_five_seconds_ahead_and_no_more(issuer: TokenIssuer) -> None:
    for claim in ("iat", "nbf"):
        issuer.decode_token(signed({claim: NOW + 5}))
        with pytest.raises(TokenInvalidError):
            issuer.decode_token(signed({claim: NOW + 5.01}))
    with pytest.raises(TokenExpiredError):
        issuer.decode_token(signed({"exp": NOW, "iat": NOW - 10}))


def test_other_keys_and_audiences(issuer: TokenIssuer, clock: Clock) -> None:
    for other in (
        TokenIssuer(b"o" * 32, audience="here", clock=clock),
        TokenIssuer(KEY, audience="elsewhere", clock=clock),
        TokenIssuer(KEY, audience="here", issuer="else", clock=clock),
        TokenIssuer(clock=clock, audience="here"),
    ):
        with pytest.raises(TokenInvalidError):
            other.decode_token(issuer.generate_token("ada"))


def test_all_refusals_read_the_same(issuer: TokenIssuer, clock: Clock) -> None:
    late = issuer.generate_token("ada", expires_in=1)
    clock.now += 2
    texts = set()
    for token in (
        late,
        "",
        "x.y.z",
        signed({"aud": "else"}),
        signed({}, key=b"o" * 32),
        "🦊" * 9,
        "x" * 9000,
    ):
        with pytest.raises(TokenError) as caught:
            issuer.decode_token(token)
        texts.add(str(caught.value))
        assert caught.value.__cause__ is None
    assert len(texts) == 1


def test_errors_do_not_tell_the_token(issuer: TokenIssuer) -> None:
    token = issuer.generate_token("ada")[:-3]
    with pytest.raises(TokenInvalidError) as caught:
        issuer.decode_token(token)
    assert token[:20] not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_secrets_are_not_shown() -> None:
    assert "kkkk" not in repr(SigningKey(KEY))
    with pytest.raises(ValueError, match="at least 32 bytes"):
        TokenIssuer(b"secret")
    with pytest.raises(ValueError, match="id of its own"):
        KeyRing([])
    with pytest.raises(ValueError, match="id of its own"):
        KeyRing([SigningKey(KEY), SigningKey(KEY)])


def test_rotation(clock: Clock) -> None:
    old, new = SigningKey(KEY), SigningKey(b"n" * 32)
    issuer = TokenIssuer(KeyRing([old]), clock=clock)
    before = issuer.generate_token("ada", expires_in=3600)
    issuer.decode_token(before)  # and now it is in the cache
    issuer.use_keys(KeyRing([old]).rotated(new, accept_old_until=NOW + 100))
    after = issuer.generate_token("ada", expires_in=3600)
    assert issuer.decode_token(before)["user_id"] == issuer.decode_token(after)["user_id"] == "ada"
    with pytest.raises(TokenInvalidError):
        TokenIssuer(KeyRing([old]), clock=clock).decode_token(after)
    clock.now = NOW + 100
    with pytest.raises(TokenError):
        issuer.decode_token(before)
    with pytest.raises(TokenInvalidError):
        TokenIssuer(KeyRing([SigningKey(KEY, accepted_until=NOW)]), clock=clock).decode_token(before)
    assert issuer.decode_token(after)["user_id"] == "ada"


def test_a_key_taken_away_is_gone_at_once(clock: Clock) -> None:
    issuer = TokenIssuer(KEY, clock=clock)
    token = issuer.generate_token("ada")
    issuer.decode_token(token)
    issuer.use_keys(KeyRing([SigningKey(b"n" * 32)]))
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(token)


def test_an_issuer_without_a_living_key_signs_nothing(clock: Clock) -> None:
    issuer = TokenIssuer(KeyRing([SigningKey(KEY, accepted_until=NOW)]), clock=clock)
    with pytest.raises(ValueError, match="date has passed"):
        issuer.generate_token("ada")


def test_changing_what_came_back_changes_nothing(issuer: TokenIssuer) -> None:
    token = issuer.generate_token("ada", roles=["reader"], rights={"notes": ["read"]})
    for _ in range(2):
        claims = issuer.decode_token(token)
        claims["user_id"] = "bob"
        claims["roles"].append("admin")
        claims["rights"]["notes"].append("write")
    verified = issuer.verify(token)
    assert issuer.decode_token(token)["roles"] == ["reader"]
    assert issuer.decode_token(token)["rights"] == {"notes": ["read"]}
    assert verified.user_id == issuer.decode_token(token)["user_id"] == "ada"
    with pytest.raises((TypeError, AttributeError)):
        verified.claims["user_id"] = "bob"  # type: ignore[index]
    with pytest.raises(AttributeError):
        verified.user_id = "bob"  # type: ignore[misc]


def test_a_text_that_claims_to_equal_another(issuer: TokenIssuer) -> None:
    token = issuer.generate_token("bob")
    issuer.decode_token(token)

    class Liar(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return hash(token)

    with pytest.raises(TokenInvalidError):
        issuer.decode_token(Liar("no token at all"))
    assert issuer.decode_token(token)["user_id"] == "bob"


async def test_revoking_a_token_before_and_after_it_is_cached(issuer: TokenIssuer) -> None:
    unseen, seen, other = (issuer.generate_token("ada") for _ in range(3))
    issuer.decode_token(seen)
    for token in (unseen, seen):
        await issuer.revoke_token(token)
        with pytest.raises(TokenInvalidError):
            issuer.decode_token(token)
    assert issuer.decode_token(other)["user_id"] == "ada"
    with pytest.raises(TokenInvalidError):
        await issuer.revoke_token("no token")


async def test_revoking_everything_of_a_user(issuer: TokenIssuer, clock: Clock) -> None:
    old, others = issuer.generate_token("ada"), issuer.generate_token("bob")
    issuer.decode_token(old)
    clock.now += 0.25
    await issuer.revoke_user("ada")
    clock.now += 0.25  # and signs in again within the same second
    new = issuer.generate_token("ada")
    with pytest.raises(TokenInvalidError):
        issuer.decode_token(old)
    assert issuer.decode_token(new)["user_id"] == "ada"
    assert issuer.decode_token(others)["user_id"] == "bob"
    with pytest.raises(InvalidIdError):
        await issuer.revoke_user("")


async def test_an_expired_token_needs_no_revoking(issuer: TokenIssuer, clock: Clock) -> None:
    token = issuer.generate_token("ada", expires_in=1)
    clock.now += 2
    await issuer.revoke_token(token)
    assert len(issuer._revocations) == 0  # type: ignore[arg-type]


def called(work: Callable[[], object]) -> set[str]:
    names: set[str] = set()

    def profile(_frame: object, event: str, function: object) -> None:
        if event == "c_call":
            names.add(getattr(function, "__name__", ""))

    sys.setprofile(profile)
    try:
        work()
    except TokenError:
        pass
    finally:
        sys.setprofile(None)
    return names


def test_signatures_are_compared_in_constant_time(issuer: TokenIssuer) -> None:
    good, forged = signed({}), signed({}, key=b"o" * 32)
    kid = good.split(".")[0]
    forged = ".".join([kid, *forged.split(".")[1:]])
    assert "compare_digest" in called(lambda: issuer.decode_token(good))
    assert "compare_digest" in called(lambda: issuer.decode_token(forged))
    assert "compare_digest" not in called(lambda: issuer.decode_token("not even a token"))


async def test_a_header_is_checked_at_every_use() -> None:
    now = [1_000_000.0]
    issuer = TokenIssuer(b"k" * 32, clock=lambda: now[0])
    ada, eve, old = (
        f"Bearer {issuer.generate_token(name, expires_in=life)}".encode()
        for name, life in (("ada", 60), ("eve", 600), ("ada", 600))
    )
    for _ in range(2):
        assert [issuer.verify_header(each).user_id for each in (ada, eve, old)] == ["ada", "eve", "ada"]
    for bad in (b"Basic x", ada[:-1], ada + b" ", ada[7:], b""):
        with pytest.raises(TokenInvalidError):
            issuer.verify_header(bad)
    await issuer.revoke_token(eve[7:].decode())
    with pytest.raises(TokenInvalidError):
        issuer.verify_header(eve)
    now[0] += 60
    for _ in range(2):
        with pytest.raises(TokenExpiredError):
            issuer.verify_header(ada)
    await issuer.revoke_user("ada")
    with pytest.raises(TokenInvalidError):
        issuer.verify_header(old)


def test_headers_that_were_seen_go_with_their_key_and_are_bounded() -> None:
    issuer = TokenIssuer(b"k" * 32, cached=2)
    values = [f"Bearer {issuer.generate_token(f'user-{n}')}".encode() for n in range(5)]
    for number, value in enumerate(values):
        assert issuer.verify_header(value).user_id == f"user-{number}"
        assert len(issuer._headers) <= 2
    issuer.use_keys(KeyRing([SigningKey(b"o" * 32)]))
    for value in values:
        with pytest.raises(TokenInvalidError):
            issuer.verify_header(value)
