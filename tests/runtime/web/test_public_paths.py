"""A path is public when it is named, and not because it looks as if."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.web.public_paths import PublicPaths

PATHS = PublicPaths(["/health", "/static/"])


@pytest.mark.parametrize("path", ["/health", "/static/", "/static/a.css", "/static/deep/er/a.css"])
def test_public(path: str) -> None:
    assert path in PATHS


@pytest.mark.parametrize(
    "path",
    ["", "/", "health", "/health/", "/health/x", "/healthy", "/Health", "//health", "/x/../health", "/static",
     "/static/../notes", "/static/..", "/static/./x", "/static//notes", "/static/x\\..\\..\\notes",
     "/static/%2e%2e/notes", "/static/a\0b", "/staticx/a", "/x/static/a", "/STATIC/a",
     "/static/x/../../notes"],
)  # fmt: skip
def test_not_public(path: str) -> None:
    assert path not in PATHS


@given(st.text(alphabet="/.a%\\", max_size=12))
def test_no_folder_is_left(rest: str) -> None:
    path = "/static/" + rest
    if path in PATHS:
        depth = 0
        for segment in rest.split("/"):
            depth += -1 if segment == ".." else 1
            assert depth > 0


@pytest.mark.parametrize("paths", [["/"], ["health"], [""], ["/ok", "static/"]])
def test_paths_that_are_none(paths: list[str]) -> None:
    with pytest.raises(ValueError, match=r"slash|every path"):
        PublicPaths(paths)
