"""A decision as HTTP header fields: the IETF draft's, `Retry-After`, and the older X- ones on request.

Source: draft-ietf-httpapi-ratelimit-headers-10, "RateLimit header fields for HTTP".
"""

from typing import Final, final

from cellwall.runtime.limits.decision import Decision
from cellwall.runtime.limits.rate import Rate

Header = tuple[bytes, bytes]

CACHED_HEADERS: Final = 10_000


def policy_header(rate: Rate) -> Header:
    """Give `RateLimit-Policy`: the burst as the quota, and the seconds until a used-up one is whole again."""
    return (b"ratelimit-policy", b'"user";q=%d;w=%d' % (rate.burst, max(1, rate.seconds_until_whole(0))))


def rate_header(rate: Rate, remaining: int) -> Header:
    """Give `RateLimit`: what remains, and the seconds until all of it is there again."""
    return (b"ratelimit", b'"user";r=%d;t=%d' % (remaining, rate.seconds_until_whole(remaining)))


def limit_headers(decision: Decision, *, older: bool = False) -> list[Header]:
    """Give the fields for one response; empty when nobody counted.

    With `older` also `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds from now).
    """
    if not decision.metered:
        return []
    rate, remaining = decision.rate, decision.remaining
    headers = [policy_header(rate), rate_header(rate, remaining)]
    if older:
        headers += [
            (b"x-ratelimit-limit", b"%d" % rate.burst),
            (b"x-ratelimit-remaining", b"%d" % remaining),
            (b"x-ratelimit-reset", b"%d" % rate.seconds_until_whole(remaining)),
        ]
    if not decision.allowed:
        headers.append((b"retry-after", b"%d" % decision.retry_after_seconds))
    return headers


@final
class LimitHeaders(dict[int, tuple[Header, ...]]):
    """The headers of allowed requests for one rate, by how many remain; made once, then only looked up."""

    def __init__(self, rate: Rate, *, older: bool = False) -> None:
        super().__init__()
        self._rate = rate
        self._older = older

    def __missing__(self, remaining: int) -> tuple[Header, ...]:
        backlog = self._rate.window - remaining * self._rate.interval
        made = tuple(limit_headers(Decision(self._rate, backlog), older=self._older))
        if len(self) < CACHED_HEADERS:
            self[remaining] = made
        return made
