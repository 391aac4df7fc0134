"""What the claims of any of our tokens must say. Pure: claims and the time in, a verdict out."""

from collections.abc import Mapping
from typing import Any, Final

from cellwall.runtime.errors import TokenExpiredError, TokenInvalidError
from cellwall.runtime.token_refusal import REFUSED

LEEWAY: Final = 5.0
LATEST: Final = 2.0**53  # a later time is no time: floats could not tell two of them apart


def check_times(claims: Mapping[str, Any], *, now: float, leeway: float, max_lifetime: float) -> None:
    """Check `iat`, `nbf` and `exp`.

    A clock of another machine may be `leeway` seconds ahead: `iat` and `nbf` may lie so far in the future.
    `exp` has no leeway: after it no machine accepts the token.

    Raises:
        TokenExpiredError: `exp` has come.
        TokenInvalidError: a time is missing, no number, in the future, or `exp` too far from `iat`.
    """
    issued, start, end = (_time(claims.get(name)) for name in ("iat", "nbf", "exp"))
    if max(issued, start) > now + leeway or end - issued > max_lifetime:
        raise TokenInvalidError(REFUSED)
    if end <= now:
        raise TokenExpiredError(REFUSED)


def check_parties(claims: Mapping[str, Any], *, issuer: str, audience: str) -> None:
    """Check who made the token and for whom: each exactly one name, compared exactly.

    Raises:
        TokenInvalidError: another issuer, another audience, several, or none.
    """
    if claims.get("iss") != issuer or claims.get("aud") != audience:
        raise TokenInvalidError(REFUSED)


def text(value: object) -> str:
    """Give `value` when it is text with something in it.

    Raises:
        TokenInvalidError: it is not.
    """
    if not isinstance(value, str) or not value:
        raise TokenInvalidError(REFUSED)
    return value


def _time(value: object) -> float:
    # bool is an int to Python, NaN compares false with everything, and an int may be too large for a float
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST:
        raise TokenInvalidError(REFUSED)
    return float(value)
