"""Which options are taken out of a pytest command line, and that nothing else is touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.testing.spoilers import without_cache, without_spoilers


@pytest.mark.parametrize(
    ("arguments", "kept", "removed"),
    [
        (["--maxfail=10"], [], ["--maxfail=10"]),
        (["--maxfail", "10", "-ra"], ["-ra"], ["--maxfail 10"]),
        (["-x"], [], ["-x"]),
        (["--exitfirst", "--tb=short"], ["--tb=short"], ["--exitfirst"]),
        (["-xvs"], ["-vs"], ["-x"]),
        (["-vvx"], ["-vv"], ["-x"]),
        (["-n", "4"], [], ["-n 4"]),
        (["-n4", "--dist=loadfile"], [], ["-n4", "--dist=loadfile"]),
        (["-vn", "auto"], ["-v"], ["-n auto"]),
        (["--cov", "app", "--cov-report=html", "--cov-fail-under=88"], [], None),
        (["--cov", "--cov-branch", "-v"], ["-v"], ["--cov", "--cov-branch"]),
        (["--cov=app", "--cov=lib"], [], ["--cov=app", "--cov=lib"]),
        (["--lf", "--stepwise", "--pdb"], [], ["--lf", "--stepwise", "--pdb"]),
        (["-rxX"], ["-rxX"], []),
        (["-k", "not x", "-m", "slow and x"], ["-k", "not x", "-m", "slow and x"], []),
        (["-kx", "-mx", "-pxdist", "-Wx"], ["-kx", "-mx", "-pxdist", "-Wx"], []),
        (
            ["-p", "no:randomly", "-o", "xfail_strict=true"],
            ["-p", "no:randomly", "-o", "xfail_strict=true"],
            [],
        ),
        (["--timeout=30", "--strict-markers", "-ra"], ["--timeout=30", "--strict-markers", "-ra"], []),
        (["-c", "other.ini", "--rootdir=/"], [], ["-c other.ini", "--rootdir=/"]),
        (["--maxfail"], [], ["--maxfail"]),
        (["-"], ["-"], []),
        ([], [], []),
    ],
)
def test_command_lines(arguments: list[str], kept: list[str], removed: list[str] | None) -> None:
    found_kept, found_removed = without_spoilers(arguments)
    assert found_kept == kept
    assert removed is None or found_removed == removed


WORDS = st.sampled_from(
    [
        "-x",
        "--maxfail=1",
        "--lf",
        "-n4",
        "-vv",
        "-ra",
        "-kslow",
        "--tb=short",
        "--cov=app",
        "tests",
        "--timeout=3",
    ]
)


@given(st.lists(WORDS, max_size=8))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_words_are_sorted_and_none_is_lost(words: list[str]) -> None:
    kept, removed = without_spoilers(words)
    assert sorted(" ".join([*kept, *removed]).split()) == sorted(" ".join(words).split())
    assert without_spoilers(kept) == (kept, [])


def test_a_cache_that_is_switched_off() -> None:
    assert without_cache(["-v", "-p", "no:cacheprovider"])
    assert without_cache(["-pno:cacheprovider"])
    assert not without_cache(["-p", "xdist"])
