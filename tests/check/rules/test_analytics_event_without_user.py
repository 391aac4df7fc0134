"""Events of nobody."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "analytics-event-without-user"
FOUND = [
    pytest.param(
        """
        from posthog import Posthog
        client = Posthog("k")
        def f(request):
            client.capture("all", "x")
        """,
        [4],
        id="a client",
    ),
]
SILENT = [
    pytest.param(
        """
        import posthog
        def f(user):
            posthog.capture(user.id, "x")
        """,
        id="somebody",
    ),
    pytest.param(
        """
        import posthog
        def f():
            posthog.capture("server", "started")
        """,
        id="at start",
    ),
    pytest.param(
        """
        import cv2
        def f(user):
            cv2.capture("x")
        """,
        id="another capture",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
