"""User tokens: one fixed algorithm, one issuer, one audience; which keys is a ring's choice."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final, final

from cellwall.runtime.bearer import BEARER, bearer_token
from cellwall.runtime.errors import InvalidIdError, TokenExpiredError, TokenInvalidError
from cellwall.runtime.identity import check_id, fresh_id
from cellwall.runtime.token_refusal import REFUSED
from cellwall.runtime.tokens.claims import LEEWAY, check_parties, check_times, text
from cellwall.runtime.tokens.envelope import Envelope
from cellwall.runtime.tokens.keys import KEY_BYTES, KeyRing, SigningKey
from cellwall.runtime.tokens.revocation import MemoryRevocationList, RevocationList
from cellwall.runtime.tokens.verified import CACHED_TOKENS, VerifiedToken, VerifiedTokens, frozen, thawed

ALGORITHM: Final = "HS256"
LIFETIME: Final = 3600
MAX_LIFETIME: Final = 86_400
AUDIENCE: Final = "cellwall"
ISSUER: Final = "cellwall"


@final
class TokenIssuer:
    """Issues and checks the tokens of one audience.

    Args:
        key: a ring of keys, or one key of at least 32 bytes; without it a random one is made, and the
            tokens die with the process.
        audience: for whom the tokens are; a token for anybody else is refused.
        issuer: who makes them.
        lifetime: seconds that a token is good for unless `expires_in` says otherwise.
        max_lifetime: seconds that any token may be good for, those of other processes included.
        leeway: seconds that clocks of other machines may be ahead; `exp` is exact all the same.
        revocations: where revoked tokens are listed; in this process where none is given.
        cached: how many verified tokens are remembered, 0 for none.
        clock: seconds since the epoch.

    Raises:
        ValueError: the key is too short, or the lifetime is longer than the longest.
    """

    def __init__(
        self,
        key: bytes | KeyRing | None = None,
        *,
        audience: str = AUDIENCE,
        issuer: str = ISSUER,
        lifetime: int = LIFETIME,
        max_lifetime: int = MAX_LIFETIME,
        leeway: float = LEEWAY,
        revocations: RevocationList | None = None,
        cached: int = CACHED_TOKENS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(key, KeyRing):
            key = KeyRing([SigningKey(secrets.token_bytes(KEY_BYTES) if key is None else key)])
        if lifetime > max_lifetime:
            raise ValueError(f"a lifetime of {lifetime} s is more than the longest, {max_lifetime} s")
        self._keys = key
        self._audience, self._issuer = audience, issuer
        self._lifetime, self._max_lifetime, self._leeway = lifetime, max_lifetime, leeway
        self._revocations = MemoryRevocationList(clock) if revocations is None else revocations
        self._is_revoked = self._revocations.is_revoked
        self._cached = cached
        listed = self._revocations
        self._listed = listed if type(listed) is MemoryRevocationList else None
        self._verified = VerifiedTokens(cached)
        self._headers: dict[bytes, VerifiedToken] = {}
        self._clock = clock
        self._envelope = Envelope(ALGORITHM, "JWT")

    def generate_token(
        self, user_id: str, *, expires_in: int | None = None, session_id: str | None = None, **claims: Any
    ) -> str:
        """Sign a token for `user_id` that is good for `expires_in` seconds.

        Raises:
            InvalidIdError: no real user or session id.
            ValueError: a claim that the issuer sets itself, too long a life, or claims that are no JSON.
        """
        lifetime = self._lifetime if expires_in is None else expires_in
        if lifetime > self._max_lifetime:
            raise ValueError(f"a token may live {self._max_lifetime} s, not {lifetime}")
        now = self._clock()
        own: dict[str, Any] = {"user_id": check_id("user_id", user_id), "jti": fresh_id()}
        own |= {"iss": self._issuer, "aud": self._audience}
        own |= {"iat": now, "nbf": int(now), "exp": int(now) + lifetime}
        if taken := own.keys() & claims.keys():
            raise ValueError(f"the issuer sets these claims itself: {', '.join(sorted(taken))}")
        if session_id is not None:
            own["session_id"] = check_id("session_id", session_id)
        kid = self._keys.newest.kid
        key = self._keys.find(kid, now)
        if key is None:
            raise ValueError("the newest key's date has passed; give the issuer a ring with a newer one")
        return self._envelope.seal(claims | own, kid, key)

    def decode_token(self, token: str) -> dict[str, Any]:
        """Give the claims of a good token; the caller may change them, nobody else sees it.

        Raises:
            TokenExpiredError: it was good and is too old.
            TokenInvalidError: anything else. Both have the same text.
            StoreUnavailableError: the list of revoked tokens cannot be read and says to refuse then.
        """
        claims: dict[str, Any] = thawed(self.verify(token).claims)
        return claims

    def verify(self, token: str) -> VerifiedToken:
        """Give what a good token says, as something that cannot be changed; see `decode_token`."""
        cache = self._verified  # the same one throughout: new keys come with a new cache
        verified = cache.young.get(token) if type(token) is str else None  # what every request does
        if verified is None and (verified := cache.get(token)) is None:
            verified = self._open(token)
            cache.add(token, verified)
        elif verified.expires_at <= self._clock():
            cache.forget(token)
            raise TokenExpiredError(REFUSED)
        if self._is_revoked(verified.token_id, verified.user_id, verified.issued_at):
            raise TokenInvalidError(REFUSED)
        return verified

    def verify_header(self, value: bytes) -> VerifiedToken:
        """Give what the token of an `Authorization: Bearer` header says; see `decode_token`.

        Every request asks this, so a header that was seen before and is still good is answered at once;
        what is wrong with any other is for `verify` to say.
        """
        verified = self._headers.get(value) if type(value) is bytes else None
        clock = self._clock
        if verified is None or verified.expires_at <= clock():
            return self._verify_header(value)
        listed = self._listed
        if (
            listed is None or verified.token_id in listed.tokens or verified.user_id in listed.users
        ) and self._is_revoked(verified.token_id, verified.user_id, verified.issued_at):
            return self._verify_header(value)
        return verified

    def _verify_header(self, value: bytes) -> VerifiedToken:
        headers = self._headers  # the same one throughout, taken before `verify` takes its own
        if type(value) is bytes:
            headers.pop(value, None)
        verified = self.verify(bearer_token(value))
        if len(headers) >= self._cached:
            headers.clear()  # what is still used comes back from the cache of tokens
        if self._cached and type(value) is bytes and value[:7] == BEARER:  # one spelling of it
            headers[value] = verified
        return verified

    def use_keys(self, keys: KeyRing) -> None:
        """Sign with the newest of these keys from now on, and accept what they signed until their dates."""
        self._keys = keys
        self._verified = VerifiedTokens(self._cached)
        self._headers = {}  # the last: it is filled from the other one

    async def revoke_token(self, token: str) -> None:
        """Refuse this token from now on; one that is not good any more needs no revoking.

        Raises:
            TokenInvalidError: it is none of this issuer's.
            StoreUnavailableError: the list of revoked tokens cannot be written.
        """
        try:
            verified = self.verify(token)
        except TokenExpiredError:
            return
        await self._revocations.revoke_token(verified.token_id, verified.expires_at)

    async def revoke_user(self, user_id: str, *, issued_before: float | None = None) -> None:
        """Refuse every token of this user that was issued until now, or until `issued_before`.

        Raises:
            InvalidIdError: no real user id.
            StoreUnavailableError: the list of revoked tokens cannot be written.
        """
        before = self._clock() if issued_before is None else issued_before
        await self._revocations.revoke_user(check_id("user_id", user_id), before, before + self._max_lifetime)

    def _open(self, token: str) -> VerifiedToken:
        now, keys = self._clock(), self._keys
        kid, claims = self._envelope.open(token, lambda kid: keys.find(kid, now))
        check_parties(claims, issuer=self._issuer, audience=self._audience)
        check_times(claims, now=now, leeway=self._leeway, max_lifetime=self._max_lifetime)
        try:
            user_id = check_id("user_id", claims.get("user_id"))
            session_id = claims.get("session_id")
            session_id = None if session_id is None else check_id("session_id", session_id)
        except InvalidIdError:
            raise TokenInvalidError(REFUSED) from None
        end = min(float(claims["exp"]), keys.accepted_until(kid))
        return VerifiedToken(user_id, session_id, text(claims.get("jti")), claims["iat"], end, frozen(claims))
