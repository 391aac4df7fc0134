"""Globs match as git's do, specificity is an order, and no glob is slow or leaves the repository."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.globs import MAX_LENGTH, Glob, scope_problem

MATCHES = [
    ("tests/unit/**", ["tests/unit/test_a.py", "tests/unit/deep/er/test_a.py"]),
    ("tests/unit", ["tests/unit/test_a.py"]),
    ("tests/unit/", ["tests/unit/test_a.py"]),
    ("./tests/unit/**", ["tests/unit/test_a.py"]),
    ("**/test_cart*.py", ["test_cart.py", "a/test_carts.py", "a/b/test_cart_x.py"]),
    ("**/carts/**", ["carts/a.py", "a/carts/b/c.py"]),
    ("a/**/z.py", ["a/z.py", "a/b/z.py", "a/b/c/z.py"]),
    ("carts", ["carts/a.py", "a/carts/b.py"]),
    ("*.py", ["a.py", "a/b.py"]),
    ("tests/*", ["tests/a.py"]),
    ("tests/test_?.py", ["tests/test_a.py"]),
    ("tests/test_[ab].py", ["tests/test_a.py", "tests/test_b.py"]),
    ("tests/test_[!ab].py", ["tests/test_c.py"]),
    ("#drafts/**", ["#drafts/a.py"]),
    ("**", ["a.py", "a/b.py"]),
]
MISSES = [
    ("tests/unit/**", ["tests/unity/test_a.py", "a/tests/unit/test_a.py", "tests/unit"]),
    ("tests/unit", ["a/tests/unit/test_a.py", "tests/unit.py"]),
    ("**/test_cart*.py", ["test_basket.py", "a/my_test_cart.py", "test_cart/x.txt"]),
    ("**/carts/**", ["carts.py", "carts_old/a.py", "Carts/a.py"]),
    ("tests/*", ["tests/deep/a.py"]),
    ("tests/test_?.py", ["tests/test_.py", "tests/test_ab.py"]),
    ("tests/test_[!ab].py", ["tests/test_a.py"]),
    ("#drafts/**", ["drafts/a.py", "a.py"]),
]


@pytest.mark.parametrize(("glob", "paths"), MATCHES)
def test_paths_in_a_glob(glob: str, paths: list[str]) -> None:
    assert [path for path in paths if not Glob(glob).matches(path)] == []


@pytest.mark.parametrize(("glob", "paths"), MISSES)
def test_paths_outside_a_glob(glob: str, paths: list[str]) -> None:
    assert [path for path in paths if Glob(glob).matches(path)] == []


def test_git_says_the_same(tmp_path: Path) -> None:
    """`.gitignore` reads globs alike, but for `folder/*`, where a glob of ours stays in the one folder."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    paths = sorted({path for _, found in [*MATCHES, *MISSES] for path in found if path != "tests/unit"})
    for glob in sorted(
        {glob for glob, _ in [*MATCHES, *MISSES]} - {"tests/*", "./tests/unit/**", "#drafts/**"}
    ):
        (tmp_path / ".gitignore").write_text(glob)
        ignored = subprocess.run(
            ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin"],
            input="\n".join(paths),
            capture_output=True,
            text=True,
            check=False,
        )
        assert [path for path in paths if Glob(glob).matches(path)] == ignored.stdout.splitlines(), glob


ORDERED = [
    "shop/carts/tests/**",  # three whole names
    "carts/tests/unit_*",  # two whole names, and characters
    "carts/tests/**",
    "tests/**",
    "**/cart*/*",
    "**/test_session_*.py",  # no whole name, 16 characters
    "**/test_*session*.py",
    "**/test_*.py",
    "*.py",
    "**",
]


def test_the_order_of_specificity() -> None:
    ranks = [Glob(glob).specificity for glob in ORDERED if glob != "**/cart*/*"]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)


@pytest.mark.parametrize("glob", ["tests/unit", "tests/unit/", "tests/unit/**", "tests/unit/**/**"])
def test_a_trailing_double_star_says_nothing(glob: str) -> None:
    assert Glob(glob).specificity == (2, 9, 0)


@pytest.mark.parametrize(
    "glob", ["tests/**", "a..b/**", "...", "a/b-c/[ab]/x?.py", "**/test_*_cart_*_*.py", "größe/**", "a b/**"]
)
def test_good_scopes(glob: str) -> None:
    assert scope_problem(glob) is None


@pytest.mark.parametrize(
    "glob",
    [
        "..",
        "../a",
        "a/..",
        "a/../b",
        r"a\..\b",
        "/a",
        r"\a",
        "~",
        "~root/a",
        "C:/a",
        "file:///a",
        "!a",
        "",
        "a\\",
        "a" * (MAX_LENGTH + 1),
        "*a*a*a*a*a*",
        "**/a/**/b/**/c/**",
    ],
)
def test_bad_scopes(glob: str) -> None:
    assert scope_problem(glob)


@settings(derandomize=True, max_examples=500)
@given(st.text(alphabet="ab/*?[]!#\\. -", max_size=12), st.text(alphabet="ab/._", max_size=12))
def test_any_glob_is_refused_or_works(glob: str, path: str) -> None:
    if scope_problem(glob) is None:
        assert Glob(glob).matches(path) in (True, False)
        assert len(Glob(glob).specificity) == 3


def test_the_costliest_glob_that_is_accepted_is_cheap_enough() -> None:
    """Four stars in a name of 120 equal letters: about eight million steps, not a thousand times as many."""
    assert scope_problem("*a*a*a*ab") is None
    assert not Glob("*a*a*a*ab").matches("a" * 120)
