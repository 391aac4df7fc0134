"""Which paths count as test files; the default globs say the same as the functions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import PathSpec

from cellwall.project.test_files import TEST_FILES, is_test_file, is_test_module


@pytest.mark.parametrize(
    ("path", "file", "module"),
    [
        ("test_app.py", True, True),
        ("billing/app_test.py", True, True),
        ("billing/conftest.py", True, True),
        ("billing/tests/factories.py", True, False),
        ("billing/test/factories.py", True, False),
        ("tests/data/users.json", False, False),
        ("billing/testing/factories.py", False, False),
        ("billing/latest_news.py", False, False),
        ("scripts/test_login.py", False, False),
        ("ops/scripts/test_login.py", False, False),
        ("tests/scripts/test_login.py", True, False),
        ("scripts/tests/test_login.py", True, False),
        ("tests.py", False, False),
        ("tests", False, False),
    ],
)
def test_paths(path: str, file: bool, module: bool) -> None:
    assert (is_test_file(path), is_test_module(path)) == (file, module)


_FOLDERS = st.lists(st.sampled_from(["tests", "test", "scripts", "app"]), max_size=4)
_NAMES = st.sampled_from(["test_a.py", "a_test.py", "conftest.py", "a.py", "test_a.json"])
_PATHS = st.builds(lambda folders, name: "/".join([*folders, name]), _FOLDERS, _NAMES)


@settings(derandomize=True, max_examples=300)
@given(_PATHS)
def test_the_default_globs_say_the_same_as_the_function(path: str) -> None:
    assert PathSpec.from_lines("gitignore", TEST_FILES).match_file(path) == is_test_file(path)


@settings(derandomize=True, max_examples=300)
@given(_PATHS)
def test_every_test_module_is_a_test_file(path: str) -> None:
    assert is_test_file(path) or not is_test_module(path)
