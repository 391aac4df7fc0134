"""A cache over what reads who asks."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "cached-response-of-user"
FOUND = [
    pytest.param(
        """
        from django.views.decorators.cache import cache_page
        @cache_page(5)
        def me(request):
            return load(request.META["HTTP_AUTHORIZATION"])
        """,
        [4],
        id="META",
    ),
    pytest.param(
        """
        from functools import cache
        from flask import g
        @cache
        def menu():
            return g.user
        """,
        [5],
        id="flask's g",
    ),
    pytest.param(
        """
        from django.views.decorators.cache import cache_page
        @cache_page(5)
        def me(request):
            return load(request.user)
        """,
        [4],
        id="the user: the session middleware varies too late, tried with Django 5.2",
    ),
    pytest.param(
        """
        from django.views.decorators.cache import cache_page as kept
        def me(request):
            return load(request.session["name"])
        urls = [path("me", kept(60)(me))]
        """,
        [3],
        id="cached where the route is",
    ),
    pytest.param(
        """
        from contextvars import ContextVar
        from functools import lru_cache
        current_user = ContextVar("user")
        @lru_cache(maxsize=1)
        def menu():
            return build(current_user.get())
        """,
        [6],
        id="a context variable",
    ),
    pytest.param(
        """
        from flask import session
        from app.caches import cache
        @cache.cached(timeout=60)
        def me():
            return session["user"]
        """,
        [5],
        id="flask's session",
    ),
]
SILENT = [
    pytest.param(
        """
        from django.views.decorators.cache import cache_page
        from django.views.decorators.vary import vary_on_cookie
        @cache_page(5)
        @vary_on_cookie
        def me(request):
            return load(request.user)
        """,
        id="it varies by the cookie",
    ),
    pytest.param(
        """
        from django.views.decorators.cache import cache_page
        def me(request):
            return load(request.user)
        def logo(request):
            return load("logo")
        urls = [path("logo", cache_page(60)(logo)), path("me", me)]
        """,
        id="the other route is cached",
    ),
    pytest.param(
        """
        from functools import cache
        from flask import g
        @cache
        def menu(user_id):
            return g.user
        """,
        id="the user is in the key",
    ),
    pytest.param(
        """
        from functools import cache
        @cache
        def menu():
            return 1
        """,
        id="nobody is read",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
