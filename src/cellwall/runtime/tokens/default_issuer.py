"""The issuer of a process that configured none: its key is random and dies with the process."""

from functools import cache
from typing import Any

from cellwall.runtime.tokens.issuer import TokenIssuer


@cache
def _default() -> TokenIssuer:
    return TokenIssuer()


def generate_token(
    user_id: str, *, expires_in: int | None = None, session_id: str | None = None, **claims: Any
) -> str:
    """Sign a token with this process's own random key; see `TokenIssuer.generate_token`.

    Example:
        >>> decode_token(generate_token(user_id="ada"))["user_id"]
        'ada'
    """
    return _default().generate_token(user_id, expires_in=expires_in, session_id=session_id, **claims)


def decode_token(token: str) -> dict[str, Any]:
    """Give the claims of a token of `generate_token`; see `TokenIssuer.decode_token`."""
    return _default().decode_token(token)
