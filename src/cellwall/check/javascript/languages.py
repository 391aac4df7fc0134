"""Which files are scripts, and in which language each is. Names only; parses nothing."""

from importlib.util import find_spec
from typing import Final

LANGUAGES: Final = {
    ".js": "javascript",
    ".cjs": "javascript",
    ".mjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".cts": "typescript",
    ".mts": "typescript",
    ".tsx": "tsx",
}
_TEST_FOLDERS: Final = frozenset(
    {"tests", "test", "__tests__", "__mocks__", "mocks", "e2e", "cypress", ".storybook", "fixtures"}
)
_TEST_PARTS: Final = frozenset({"test", "spec", "cy"})
EXTRA: Final = "pip install 'cellwall[javascript]'"


def language_of(path: str) -> str | None:
    """Give the language of a file by its name; None for what is no script.

    >>> language_of("frontend/tests/cart.test.mjs"), language_of("page.min.js"), language_of("page.py")
    ('javascript', None, None)
    """
    name = path.rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    if not stem or stem.endswith((".min", ".d")):
        return None  # made by a tool, or types alone
    return LANGUAGES.get(dot + ending)


def can_parse() -> bool:
    """Tell whether the parser is installed."""
    return find_spec("ast_grep_py") is not None


def holds_tests(path: str) -> bool:
    """Tell whether runners take a script for tests by its name or its folder `__tests__`.

    >>> holds_tests("web/tests/cart.test.mjs"), holds_tests("web/tests/store.js")
    (True, False)
    """
    *folders, name = path.split("/")
    stem, *parts = name.split(".")[:-1] or [""]
    named = bool(_TEST_PARTS.intersection(parts)) or stem == "test" or stem.endswith(("-test", "_test"))
    return named or stem.startswith("test-") or "__tests__" in folders


def is_test_script(path: str) -> bool:
    """Tell whether a script holds tests or what they need, by its name and its folders.

    >>> is_test_script("web/cart.spec.ts"), is_test_script("web/__tests__/a.js"), is_test_script("web/a.js")
    (True, True, False)
    """
    folders = path.split("/")[:-1]
    return not _TEST_FOLDERS.isdisjoint(folders) or holds_tests(path)
