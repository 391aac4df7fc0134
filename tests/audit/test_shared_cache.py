"""What a shared cache may keep, and for whom, by RFC 9111."""

from __future__ import annotations

import pytest

from cellwall.audit.exchange import Request, Response
from cellwall.audit.shared_cache import distinguishes, may_keep

TOKEN = Request("GET", "/page", (("authorization", "Bearer a"),))
COOKIE = Request("GET", "/page", (("cookie", "session=a"),))
OTHER = Request("GET", "/page", (("authorization", "Bearer b"), ("cookie", "session=b")))


@pytest.mark.parametrize(
    ("told", "token", "cookie"),
    [
        ("public, max-age=60", True, True),
        ("s-maxage=5", True, True),
        ("max-age=60", False, True),
        ("private, max-age=60", False, False),
        ("public, no-store", False, False),
        ("no-cache", False, False),
        ("s-maxage=0", False, False),
        ("", False, False),
    ],
)
def test_what_may_be_kept(told: str, token: bool, cookie: bool) -> None:
    response = Response(200, (("Cache-Control", told),) if told else ())
    assert bool(may_keep(TOKEN, response)) is token
    assert bool(may_keep(COOKIE, response)) is cookie


def test_only_answers_to_get_are_kept() -> None:
    public = (("cache-control", "public"),)
    assert not may_keep(Request("POST", "/page"), Response(200, public))
    assert not may_keep(TOKEN, Response(404, public))


@pytest.mark.parametrize(
    ("vary", "mine", "apart"),
    [
        ("Authorization", TOKEN, True),
        ("Accept, authorization", TOKEN, True),
        ("*", TOKEN, True),
        ("Cookie", COOKIE, True),
        ("Accept-Encoding", TOKEN, False),
        ("", TOKEN, False),
    ],
)
def test_what_keeps_users_apart(vary: str, mine: Request, apart: bool) -> None:
    assert distinguishes(Response(200, (("vary", vary),)), mine, OTHER) is apart
