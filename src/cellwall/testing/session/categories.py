"""The categories of a test: its folders and its markers, and `isolation` for what takes a user's context."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

ISOLATION: Final = "isolation"
_NO_CATEGORIES: Final = {
    "anyio",
    "asyncio",
    "filterwarnings",
    "parametrize",
    "skip",
    "skipif",
    "test",
    "tests",
    "timeout",
    "trio",
    "usefixtures",
    "xfail",
    "xdist_group",
}


def categories_of(node_id: str, markers: Iterable[str], fixtures: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the categories of a test, in the order of the alphabet."""
    folders = PurePosixPath(node_id.partition("::")[0]).parts[:-1]
    found = {*folders, *markers} - _NO_CATEGORIES
    if "user_context" in fixtures:
        found.add(ISOLATION)
    return tuple(sorted(found))


def counted(tests: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Give category to outcome to number; a test counts in each of its categories."""
    table: dict[str, dict[str, int]] = {}
    for test in tests:
        for category in test["categories"] or ["(none)"]:
            row = table.setdefault(category, {})
            row[test["outcome"]] = row.get(test["outcome"], 0) + 1
    return dict(sorted(table.items()))
