"""The token of an `Authorization` header (RFC 6750)."""

from typing import Final

from cellwall.runtime.errors import TokenInvalidError
from cellwall.runtime.token_refusal import REFUSED

BEARER: Final = b"Bearer "


def bearer_token(value: bytes) -> str:
    """Give the token of a header's value.

    Raises:
        TokenInvalidError: the scheme is another.
    """
    if value[:7] != BEARER and value[:7].lower() != BEARER.lower():
        raise TokenInvalidError(REFUSED)
    return value[7:].decode("latin-1")
