"""Checking what another service says: who it is, for which user it acts, and that it speaks to us now."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from joserfc.jwk import OKPKey

from cellwall.runtime.errors import InvalidIdError, TokenInvalidError
from cellwall.runtime.identity import check_id
from cellwall.runtime.token_refusal import REFUSED
from cellwall.runtime.tokens.claims import LEEWAY, check_parties, check_times, text
from cellwall.runtime.tokens.envelope import Envelope
from cellwall.runtime.tokens.replay import MemoryReplayGuard, ReplayGuard
from cellwall.runtime.tokens.service_issuer import KIND, MAX_ACTORS, MAX_LIFETIME
from cellwall.runtime.tokens.service_keys import CURVE, TrustedKey


@final
@dataclass(frozen=True, slots=True)
class ServiceIdentity:
    """Who asks. `user_id` is None when a service asks for itself; `actors` are services, latest first."""

    service: str
    user_id: str | None
    actors: tuple[str, ...]
    token_id: str
    issued_at: float
    expires_at: float
    session_id: None = None


@final
class ServiceTokenVerifier:
    """Checks service tokens for one audience. Each trusted key speaks for one service alone.

    Args:
        audience: the name of this service.
        trusted: the public keys, several for one service while it rotates.
        leeway: seconds that the other's clock may be ahead; `exp` is exact all the same.
        replay: where used tokens are remembered for `verify_once`; in this process where none is given.

    Raises:
        ValueError: a key is no Ed25519 key, or two have the same id.
    """

    def __init__(
        self,
        audience: str,
        trusted: Iterable[TrustedKey],
        *,
        leeway: float = LEEWAY,
        replay: ReplayGuard | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._audience = check_id("audience", audience)
        self._leeway = leeway
        self._clock = clock
        self._replay = MemoryReplayGuard(clock) if replay is None else replay
        self._envelope = Envelope(CURVE, KIND)
        self._keys: Final = _by_kid(trusted)

    def verify(self, token: str) -> ServiceIdentity:
        """Give who asks; the same token may be used again while it lives.

        Raises:
            TokenExpiredError: it was good and is too old.
            TokenInvalidError: anything else. Both have the same text.
        """
        now = self._clock()
        kid, claims = self._envelope.open(token, lambda kid: self._find(kid, now))
        service = self._keys[kid][0].service
        check_parties(claims, issuer=service, audience=self._audience)
        check_times(claims, now=now, leeway=self._leeway, max_lifetime=MAX_LIFETIME)
        user_id, actors = _subject(claims, service)
        return ServiceIdentity(
            service, user_id, actors, text(claims.get("jti")), claims["iat"], float(claims["exp"])
        )

    async def verify_once(self, token: str) -> ServiceIdentity:
        """Give who asks; a second use of the same token is refused.

        Raises:
            TokenError: as `verify`, or it was used before.
            StoreUnavailableError: nobody can know whether it was.
        """
        identity = self.verify(token)
        name = f"{len(identity.service)}:{identity.service}:{identity.token_id}"  # no two services meet
        if not await self._replay.first_use(name, identity.expires_at):
            raise TokenInvalidError(REFUSED)
        return identity

    def _find(self, kid: str, now: float) -> OKPKey | None:
        trusted, key = self._keys.get(kid, (None, None))
        if trusted is None or (trusted.accepted_until is not None and now >= trusted.accepted_until):
            return None
        return key


def _by_kid(trusted: Iterable[TrustedKey]) -> dict[str, tuple[TrustedKey, OKPKey]]:
    keys: dict[str, tuple[TrustedKey, OKPKey]] = {}
    for one in trusted:
        key = OKPKey.import_key(one.public_pem)
        if key.curve_name != CURVE or key.is_private:
            raise ValueError(f"the key of {one.service!r} is no public Ed25519 key")
        if one.kid in keys:
            raise ValueError(f"two trusted keys have the id {one.kid!r}")
        keys[one.kid] = (one, key)
    return keys


def _subject(claims: Mapping[str, Any], service: str) -> tuple[str | None, tuple[str, ...]]:
    """Give user and actors: with `act` the subject is a user, without it the service itself."""
    try:
        subject = check_id("sub", claims.get("sub"))
        if "act" not in claims:
            if subject != service:
                raise TokenInvalidError(REFUSED)
            return None, (service,)
        actors = tuple(_actors(claims["act"]))
    except InvalidIdError:
        raise TokenInvalidError(REFUSED) from None
    if actors[0] != service or len(actors) > MAX_ACTORS:
        raise TokenInvalidError(REFUSED)
    return subject, actors


def _actors(act: object) -> Iterable[str]:
    while act is not None:
        if not isinstance(act, Mapping):
            raise TokenInvalidError(REFUSED)
        yield check_id("act", act.get("sub"))
        act = act.get("act")
