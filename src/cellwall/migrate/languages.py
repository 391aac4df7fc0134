"""The languages of a run, Python and scripts (JavaScript, TypeScript), told from files' names. Reads nothing.

What a gate, an agent or a measurement must do differently for a script, it asks here; the loop itself,
from survey to merge, knows files only.
"""

from cellwall.check.javascript.languages import can_parse, holds_tests, language_of
from cellwall.project.test_files import is_test_module as is_python_test_module


def is_python(path: str) -> bool:
    """Tell whether a file is a Python module."""
    return path.endswith(".py")


def is_script(path: str) -> bool:
    """Tell whether a file is a script that can be read here; without the parser there is none."""
    return language_of(path) is not None and can_parse()


def is_source(path: str) -> bool:
    """Tell whether an agent may own a file."""
    return is_python(path) or is_script(path)


def is_test_module(path: str) -> bool:
    """Tell whether the runner of its language takes a file for tests, conftest files among them.

    >>> is_test_module("tests/test_cart.py"), is_test_module("web/tests/support.js")
    (True, False)
    """
    return is_python_test_module(path) or (is_script(path) and holds_tests(path))
