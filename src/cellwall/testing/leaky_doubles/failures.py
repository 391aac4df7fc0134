"""Tells what a failing test failed by: an assertion, a refusal of the target, or something else."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path
from typing import Any

import pytest

ASSERTION, REFUSAL, OTHER = "assertion", "refusal", "other"
_ASSERTING = ("_pytest", "pytest", "unittest", "hypothesis", "numpy", "pandas", "cellwall")
_CLUMSY = (
    TypeError,
    AttributeError,
    NameError,
    ImportError,
    SyntaxError,
    RecursionError,
    NotImplementedError,
)
_OWN = str(Path(__file__).parent)
_LIBRARY = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def kind_of_failure(error: BaseException, test: str, root: str, packages: frozenset[str]) -> str:
    """Give one of the three words.

    Args:
        error: what ended the test; of a group, its parts count.
        test: the test's own file; an exception that it defines itself is no refusal of the target.
        root: the target's top folder.
        packages: top-level packages that are the target's.
    """
    parts = getattr(error, "exceptions", None)
    if isinstance(parts, (list, tuple)) and parts:
        kinds = {kind_of_failure(part, test, root, packages) for part in parts}
        return next((kind for kind in (ASSERTION, REFUSAL) if kind in kinds), OTHER)
    raised_in = _file(error)
    if raised_in.startswith(_OWN):
        return OTHER
    if isinstance(error, pytest.fail.Exception):
        return OTHER if str(error).startswith("Timeout") else ASSERTION
    if isinstance(error, AssertionError):
        return ASSERTION if _is_own(raised_in, root) or _package(raised_in) in _ASSERTING else OTHER
    return REFUSAL if _is_refusal(error, raised_in, test, root, packages) else OTHER


def _is_refusal(error: BaseException, raised_in: str, test: str, root: str, packages: frozenset[str]) -> bool:
    if not isinstance(error, Exception) or isinstance(error, _CLUMSY) or raised_in == test:
        return False
    defined = type(error).__module__
    if defined == "builtins":
        return isinstance(error, PermissionError) and _is_own(raised_in, root)
    return defined.partition(".")[0] in packages or _is_own(raised_in, root)


def _is_own(file: str, root: str) -> bool:
    return file.startswith(root.rstrip("/") + "/") and not file.startswith(_LIBRARY)


def _package(file: str) -> str:
    for library in _LIBRARY:
        if file.startswith(library + "/"):
            return file[len(library) + 1 :].removeprefix("site-packages/").partition("/")[0]
    parts = Path(file).parts
    return next((name for name in _ASSERTING if name in parts), "")


def _file(error: BaseException) -> str:
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return str(frames[-1]) if frames else ""


def words(error: Any) -> str:
    """Give the exception's name and first line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}"[:300] if lines else type(error).__name__
