"""Answers for one user that caches may keep."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "response-of-user-without-private"
FOUND = [
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        from fastapi import Response
        @app.get('/me')
        async def me(response: Response, current_user=Depends(who)):
            response.headers['Cache-Control'] = 'max-age=60'
            return current_user
        """,
        [6],
        id="vary/private: max-age without private",
    ),
    pytest.param(
        """
        from django.views.decorators.cache import cache_control
        from django.http import JsonResponse
        @cache_control(max_age=60)
        def me(request):
            return JsonResponse({'n': request.user.username})
        """,
        [3],
        id="vary/private: django cache_control max_age only",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI, Depends, Request
        app = FastAPI()
        from fastapi import Response
        @app.get('/me')
        async def me(response: Response, current_user=Depends(who)):
            response.headers['Cache-Control'] = 'private, max-age=60'
            return current_user
        """,
        id="vary/private: max-age without private",
    ),
    pytest.param(
        """
        from django.utils.cache import patch_cache_control
        def page(request):
            if request.user.is_authenticated:
                return fresh(request.user)
            response = kept()
            patch_cache_control(response, max_age=60)
            return response
        """,
        id="kept for guests alone",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
