"""Related rows of a user without the tenant."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "related-query-without-tenant"
FOUND = [
    pytest.param(
        """
        class V(DetailView):
            model = Person
            def a(self):
                return self.request.organization
            def b(self):
                return self.object.notes.all()
        """,
        [6],
        id="all",
    ),
]
SILENT = [
    pytest.param(
        """
        class V(DetailView):
            model = User
            def a(self):
                return self.object.notes.all().filter(event=self.request.event)
        """,
        id="named beside",
    ),
    pytest.param(
        """
        class V(DetailView):
            model = User
            def a(self):
                return self.object.notes.filter(x=self.request.GET["x"])
        """,
        id="no tenant at all",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
