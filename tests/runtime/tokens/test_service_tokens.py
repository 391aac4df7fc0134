"""Services vouch for users: for one audience, for a minute, and only in their own name."""

from typing import Any

import pytest
from joserfc import jwt

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import (
    ContextClosedError,
    InvalidIdError,
    StoreUnavailableError,
    TokenExpiredError,
    TokenInvalidError,
)
from cellwall.runtime.tokens import ServiceKey, ServiceTokenIssuer, ServiceTokenVerifier, TrustedKey

NOW = 1_000_000.0
Clock = Any
KEY = ServiceKey.generate()
OTHER = ServiceKey.generate()


@pytest.fixture
def billing(clock: Clock) -> ServiceTokenIssuer:
    return ServiceTokenIssuer("billing", KEY, clock=clock)


@pytest.fixture
def notes(clock: Clock) -> ServiceTokenVerifier:
    trusted = [KEY.trusted_as("billing"), OTHER.trusted_as("mail")]
    return ServiceTokenVerifier("notes", trusted, clock=clock)


def signed(claims: dict[str, Any], key: ServiceKey = KEY) -> str:
    full = {"iss": "billing", "aud": "notes", "sub": "ada", "act": {"sub": "billing"}, "jti": "1"}
    full |= {"iat": NOW, "nbf": NOW, "exp": NOW + 60}
    kept = {name: value for name, value in (full | claims).items() if value is not None}
    header = {"alg": "Ed25519", "kid": key.kid, "typ": "cellwall-service+jwt"}
    return jwt.encode(header, kept, key.key, algorithms=["Ed25519"])


def test_a_user_is_carried_along(billing: ServiceTokenIssuer, notes: ServiceTokenVerifier) -> None:
    context = UserExecutionContext.create_for_user("ada")
    identity = notes.verify(billing.issue("notes", context=context))
    assert (identity.service, identity.user_id, identity.actors) == ("billing", "ada", ("billing",))


def test_a_service_for_itself(billing: ServiceTokenIssuer, notes: ServiceTokenVerifier) -> None:
    identity = notes.verify(billing.issue("notes"))
    assert (identity.service, identity.user_id) == ("billing", None)


def test_the_chain_of_services(
    billing: ServiceTokenIssuer, notes: ServiceTokenVerifier, clock: Clock
) -> None:
    context = UserExecutionContext.create_for_user("ada")
    first = notes.verify(billing.issue("notes", context=context))
    onward = ServiceTokenIssuer("notes", OTHER, clock=clock).issue("mail", on_behalf_of=first)
    mail = ServiceTokenVerifier("mail", [OTHER.trusted_as("notes")], clock=clock)
    identity = mail.verify(onward)
    assert (identity.service, identity.user_id, identity.actors) == ("notes", "ada", ("notes", "billing"))
    with pytest.raises(ValueError, match="two users"):
        billing.issue("mail", context=UserExecutionContext.create_for_user("bob"), on_behalf_of=first)


def test_the_chain_ends(clock: Clock) -> None:
    issuer = ServiceTokenIssuer("loop", KEY, clock=clock)
    verifier = ServiceTokenVerifier("loop", [KEY.trusted_as("loop")], clock=clock)
    identity = verifier.verify(issuer.issue("loop", context=UserExecutionContext.create_for_user("ada")))
    for _ in range(7):
        identity = verifier.verify(issuer.issue("loop", on_behalf_of=identity))
    with pytest.raises(ValueError, match="more than 8 services"):
        issuer.issue("loop", on_behalf_of=identity)


async def test_after_the_request_nobody_acts_for_its_user(billing: ServiceTokenIssuer) -> None:
    context = UserExecutionContext.create_for_user("ada")
    await cleanup_user_context(context)
    with pytest.raises(ContextClosedError):
        billing.issue("notes", context=context)


def test_a_minute_at_most(billing: ServiceTokenIssuer, notes: ServiceTokenVerifier, clock: Clock) -> None:
    token = billing.issue("notes")
    clock.now = NOW + 59.9
    notes.verify(token)
    clock.now = NOW + 60
    with pytest.raises(TokenExpiredError):
        notes.verify(token)
    for lifetime in (0, -1, 61):
        with pytest.raises(ValueError, match="up to 60 s"):
            ServiceTokenIssuer("billing", KEY, lifetime=lifetime)


def test_names_must_be_real() -> None:
    with pytest.raises(InvalidIdError):
        ServiceTokenIssuer("", KEY)
    with pytest.raises(InvalidIdError):
        ServiceTokenIssuer("billing", KEY).issue("")
    with pytest.raises(InvalidIdError):
        ServiceTokenVerifier("default", [])


@pytest.mark.parametrize(
    "change",
    [{"iss": "mail"}, {"aud": "mail"}, {"aud": ["notes"]}, {"sub": None}, {"sub": ""}, {"sub": 7},
     {"act": {"sub": "mail"}}, {"act": {}}, {"act": []}, {"act": "billing"}, {"jti": None},
     {"act": {"sub": "billing", "act": 7}},
     {"act": None}, {"exp": NOW + 61}, {"exp": None}, {"iat": None}, {"nbf": NOW + 6}, {"exp": "soon"}],
    ids=str,
)  # fmt: skip
def test_signed_but_wrong(notes: ServiceTokenVerifier, change: dict[str, Any]) -> None:
    assert notes.verify(signed({})).user_id == "ada"
    with pytest.raises(TokenInvalidError):
        notes.verify(signed(change))


def test_a_service_speaks_for_itself_alone(notes: ServiceTokenVerifier) -> None:
    with pytest.raises(TokenInvalidError):
        notes.verify(signed({}, key=OTHER))  # mail's key, billing's name
    assert notes.verify(signed({"iss": "mail", "act": {"sub": "mail"}}, key=OTHER)).service == "mail"
    with pytest.raises(TokenInvalidError):
        notes.verify(signed({"sub": "mail", "act": None}))


def test_a_chain_that_is_too_long(notes: ServiceTokenVerifier) -> None:
    act: dict[str, Any] = {"sub": "billing"}
    for depth in range(300):
        act = {"sub": "billing", "act": act}
        if depth in (8, 100, 299):
            with pytest.raises((TokenInvalidError, ValueError)):
                notes.verify(signed({"act": act}))


async def test_used_once(billing: ServiceTokenIssuer, notes: ServiceTokenVerifier) -> None:
    token = billing.issue("notes")
    assert (await notes.verify_once(token)).service == "billing"
    with pytest.raises(TokenInvalidError):
        await notes.verify_once(token)
    assert (await notes.verify_once(billing.issue("notes"))).service == "billing"


async def test_when_nobody_knows_what_was_used(billing: ServiceTokenIssuer, clock: Clock) -> None:
    class Gone:
        async def first_use(self, token_id: str, expires_at: float) -> bool:
            raise StoreUnavailableError("gone")

    verifier = ServiceTokenVerifier("notes", [KEY.trusted_as("billing")], replay=Gone(), clock=clock)
    with pytest.raises(StoreUnavailableError):
        await verifier.verify_once(billing.issue("notes"))


def test_keys_rotate(clock: Clock) -> None:
    trusted = [KEY.trusted_as("billing", accepted_until=NOW + 10), OTHER.trusted_as("billing")]
    verifier = ServiceTokenVerifier("notes", trusted, clock=clock)
    old, new = (ServiceTokenIssuer("billing", key, clock=clock).issue("notes") for key in (KEY, OTHER))
    assert verifier.verify(old).service == verifier.verify(new).service == "billing"
    clock.now = NOW + 10
    assert verifier.verify(new).service == "billing"
    with pytest.raises(TokenInvalidError):
        verifier.verify(old)


def test_keys_are_what_they_must_be() -> None:
    again = ServiceKey.from_pem(KEY.private_pem)
    assert again.kid == KEY.kid and again.private_pem == KEY.private_pem
    assert b"PRIVATE" not in KEY.trusted_as("billing").public_pem
    assert "PRIVATE" not in repr(KEY)
    with pytest.raises(ValueError, match="private Ed25519"):
        ServiceKey.from_pem(KEY.trusted_as("billing").public_pem)
    with pytest.raises(ValueError, match="no public Ed25519"):
        ServiceTokenVerifier("notes", [TrustedKey("billing", "k", KEY.private_pem)])
    with pytest.raises(ValueError, match="two trusted keys"):
        ServiceTokenVerifier("notes", [KEY.trusted_as("billing"), KEY.trusted_as("mail")])
