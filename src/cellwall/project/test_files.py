"""Which files are tests by default, told from their paths alone; no file is read here.

A file is a test file when it lies under a folder `tests` or `test`, or is named as pytest names test
modules. A folder `scripts` holds programs that people start by hand: a name like `test_login.py` makes no
test of them.
"""

from typing import Final

# Git-style globs, later ones win: the default of `[tool.cellwall] test_files`, equal to `is_test_file`.
TEST_FILES: Final = (
    "**/test_*.py",
    "**/*_test.py",
    "**/conftest.py",
    "!**/scripts/**",
    "**/tests/**/*.py",
    "**/test/**/*.py",
)
_TEST_FOLDERS: Final = frozenset({"tests", "test"})


def is_test_file(path: str) -> bool:
    """Tell whether a path (relative, with forward slashes) is a Python test or test-support file.

    >>> is_test_file("billing/tests/factories.py"), is_test_file("scripts/test_login.py")
    (True, False)
    """
    folders = path.split("/")[:-1]
    return path.endswith(".py") and (not _TEST_FOLDERS.isdisjoint(folders) or is_test_module(path))


def is_test_module(path: str) -> bool:
    """Tell whether pytest would load a path as a test module or a conftest when it collects its folder.

    What lies under a folder `scripts` is none, even below `tests`.
    """
    *folders, name = path.split("/")
    named = name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
    return name.endswith(".py") and named and "scripts" not in folders
