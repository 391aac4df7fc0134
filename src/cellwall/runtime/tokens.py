"""Signed tokens that say whose request this is. One fixed algorithm; which key is the issuer's choice."""

import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final, final

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey

from cellwall.runtime.errors import TokenExpiredError, TokenInvalidError
from cellwall.runtime.identity import check_id, fresh_id

ALGORITHM: Final = "HS256"
KEY_BYTES: Final = 32
LIFETIME: Final = 3600
AUDIENCE: Final = "cellwall"
MAX_TOKEN_LENGTH: Final = 8192


@final
class TokenIssuer:
    """Issues and checks the tokens of one audience, signed with one key of at least 32 bytes.

    Without a key it makes a random one, so its tokens die with the process.
    """

    def __init__(
        self,
        key: bytes | None = None,
        *,
        audience: str = AUDIENCE,
        lifetime: int = LIFETIME,
        clock: Callable[[], float] = time.time,
    ) -> None:
        secret = secrets.token_bytes(KEY_BYTES) if key is None else key
        if len(secret) < KEY_BYTES:
            raise ValueError(f"a signing key needs at least {KEY_BYTES} bytes, got {len(secret)}")
        self._key = OctKey.import_key(secret)
        self._audience = audience
        self._lifetime = lifetime
        self._clock = clock

    def generate_token(self, user_id: str, *, expires_in: int | None = None, **claims: Any) -> str:
        """Sign a token for `user_id` that is good for `expires_in` seconds.

        Raises:
            InvalidIdError: no real user id.
            ValueError: a claim that the issuer sets itself.
        """
        now = int(self._clock())
        own = {
            "user_id": check_id("user_id", user_id),
            "aud": self._audience,
            "iat": now,
            "exp": now + (self._lifetime if expires_in is None else expires_in),
            "jti": fresh_id(),
        }
        if taken := own.keys() & claims.keys():
            raise ValueError(f"the issuer sets these claims itself: {', '.join(sorted(taken))}")
        return jwt.encode({"alg": ALGORITHM}, claims | own, self._key, algorithms=[ALGORITHM])

    def decode_token(self, token: str) -> dict[str, Any]:
        """Give the claims of a token that this issuer's key signed for this audience and that is not too old.

        Raises:
            TokenExpiredError: it was good and is too old.
            TokenInvalidError: anything else.
        """
        if not isinstance(token, str) or len(token) > MAX_TOKEN_LENGTH:
            raise TokenInvalidError("the token is not valid")
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._registry().validate(claims)
            check_id("user_id", claims["user_id"])
        except ExpiredTokenError:
            raise TokenExpiredError("the token has expired; sign in again") from None
        except (JoseError, ValueError, KeyError, TypeError):
            raise TokenInvalidError("the token is not valid") from None
        return dict(claims)

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock()),
            exp={"essential": True},
            aud={"essential": True, "value": self._audience},
            user_id={"essential": True},
        )


@cache
def _default() -> TokenIssuer:
    return TokenIssuer()


def generate_token(user_id: str, *, expires_in: int | None = None, **claims: Any) -> str:
    """Sign a token with this process's own random key; see `TokenIssuer.generate_token`.

    Example:
        >>> decode_token(generate_token(user_id="ada"))["user_id"]
        'ada'
    """
    return _default().generate_token(user_id, expires_in=expires_in, **claims)


def decode_token(token: str) -> dict[str, Any]:
    """Give the claims of a token of `generate_token`; see `TokenIssuer.decode_token`."""
    return _default().decode_token(token)
