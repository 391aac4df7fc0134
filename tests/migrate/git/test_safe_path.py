"""Paths that lead out of the root, or into git's own folder, are refused whatever their spelling."""

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.errors import PatchError
from cellwall.migrate.git.safe_path import require_safe, why_unsafe


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd", "//x", "..", "../x", "a/../../x", "a/..", "./a", "a//b", "a/", "a\\..\\b", "a\0b",
        ".git", ".git/config", ".GIT/config", "a/.Git/hooks/pre-commit", ".git.", ".git ", ".git. ./x",
        "git~1",
        "GIT~1/config", "git~2", ".g\u200cit/config", ".git::$INDEX_ALLOCATION/config", ".git\ufeff/x",
    ],
)  # fmt: skip
def test_it_is_refused(path: str) -> None:
    assert why_unsafe(path)
    with pytest.raises(PatchError, match="is refused"):
        require_safe(path)


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a/b.py",
        ".github/workflows/x.yml",
        ".gitignore",
        "a/.gitattributes",
        "...",
        "a..b",
        "git",
        "~",
        "ü/\udcff",
    ],
)
def test_it_is_safe(path: str) -> None:
    assert require_safe(path) == path


@given(st.lists(st.sampled_from(["..", ".", "", "a", ".git", "b c", "…"]), min_size=1).map("/".join))
def test_a_safe_path_stays_below_its_root(path: str) -> None:
    if not why_unsafe(path):
        assert posixpath.normpath(f"/root/{path}") == f"/root/{path}"
        assert ".git" not in path.split("/")
