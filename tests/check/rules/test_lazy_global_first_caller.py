"""An accessor that keeps what its first caller gave."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "lazy-global-first-caller"
FOUND = [
    pytest.param(
        """
        _agent = None
        def get_agent(user):
            global _agent
            if not _agent:
                _agent = Agent(user.name)
            return _agent
        """,
        [5],
        id="not",
    ),
    pytest.param(
        """
        _c = None
        def get(api_key):
            global _c
            if _c is None:
                headers = {"x": api_key}
                _c = Client(headers)
            return _c
        """,
        [6],
        id="through a variable",
    ),
]
SILENT = [
    pytest.param(
        """
        _c = None
        def get(settings):
            global _c
            if _c is None:
                _c = Client(settings.url)
            return _c
        """,
        id="of settings",
    ),
    pytest.param(
        """
        _c = None
        def get(user):
            global _c
            _c = Client(user)
            return _c
        """,
        id="always anew",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
