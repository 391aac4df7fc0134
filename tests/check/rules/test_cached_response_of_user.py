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
]
SILENT = [
    pytest.param(
        """
        from django.views.decorators.cache import cache_page
        @cache_page(5)
        def me(request):
            return load(request.user)
        """,
        id="a session, which Django varies by",
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
