"""A decision as HTTP header fields: the IETF draft's, `Retry-After`, and the older X- ones on request.

Source: draft-ietf-httpapi-ratelimit-headers-10, "RateLimit header fields for HTTP".
"""

from math import ceil
from typing import Final

from cellwall.runtime.limits.decision import Decision
from cellwall.runtime.limits.rate import Rate

Header = tuple[bytes, bytes]

_ROUNDING: Final = 1e-9


def policy_header(rate: Rate) -> Header:
    """Give `RateLimit-Policy`: the burst as the quota, and the seconds until a used-up one is whole again."""
    return (b"ratelimit-policy", b'"user";q=%d;w=%d' % (rate.burst, max(1, ceil(rate.window - _ROUNDING))))


def rate_header(decision: Decision) -> Header:
    """Give `RateLimit`: what remains, and the seconds until all of it is there again."""
    return (b"ratelimit", b'"user";r=%d;t=%d' % (decision.remaining, ceil(decision.backlog)))


def limit_headers(decision: Decision, *, older: bool = False) -> list[Header]:
    """Give the fields for one response; empty when nobody counted.

    With `older` also `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds from now).
    """
    if not decision.metered:
        return []
    headers = [policy_header(decision.rate), rate_header(decision)]
    if older:
        headers += [
            (b"x-ratelimit-limit", b"%d" % decision.rate.burst),
            (b"x-ratelimit-remaining", b"%d" % decision.remaining),
            (b"x-ratelimit-reset", b"%d" % ceil(decision.backlog)),
        ]
    if not decision.allowed:
        headers.append((b"retry-after", b"%d" % decision.retry_after_seconds))
    return headers
