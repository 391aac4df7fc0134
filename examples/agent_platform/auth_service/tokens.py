"""The platform's tokens: who a request comes from."""

from typing import Any

from cellwall import TokenIssuer
from cellwall.runtime.errors import TokenError as BadToken

__all__ = [
    "BadToken",
    "decode_token",
    "generate_refresh_token",
    "generate_token",
    "issuer",
    "refresh_issuer",
    "renew",
    "sign_out",
    "use_issuers",
    "user_of",
]

issuer = TokenIssuer(audience="agent-platform", lifetime=900)  # the key is made new for each process
refresh_issuer = TokenIssuer(audience="agent-platform-refresh", lifetime=86_400)  # good for new tokens only


def use_issuers(access: TokenIssuer, refresh: TokenIssuer) -> None:
    """Sign and check with these from now on; once, when a service starts."""
    global issuer, refresh_issuer
    issuer, refresh_issuer = access, refresh


def generate_token(user_id: str, **options: Any) -> str:
    """Sign a token for this user."""
    return issuer.generate_token(user_id, **options)


def decode_token(token: str) -> dict[str, Any]:
    """Give the claims of a good token.

    Raises:
        BadToken: it is not good, or not good any more.
    """
    return issuer.decode_token(token)


def user_of(token: str) -> str:
    """Give the user a token was issued to.

    Raises:
        BadToken: it is not good, or not good any more.
    """
    return str(decode_token(token)["user_id"])


async def sign_out(token: str) -> None:
    """Refuse this token from now on; other tokens of its user stay good.

    Raises:
        BadToken: it was never good.
    """
    await issuer.revoke_token(token)


def generate_refresh_token(user_id: str) -> str:
    """Sign what this user may have new tokens for, once."""
    return refresh_issuer.generate_token(user_id)


async def renew(refresh_token: str) -> str:
    """Use a refresh token up, and give the user whose it was.

    Raises:
        BadToken: it is not good, or was used before.
    """
    user_id = refresh_issuer.verify(refresh_token).user_id
    await refresh_issuer.revoke_token(refresh_token)
    return user_id
