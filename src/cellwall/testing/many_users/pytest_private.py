"""What Cellwall needs of pytest that pytest does not promise, in one place: fixtures, items, and the versions
for which `scripts/pytest_versions.py` has proved that it is as assumed here."""

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook, rewrite_asserts

# Minor versions of pytest under which the suite of this folder passes. Others are refused, not guessed at.
TESTED: Final = ("7.4", "8.0", "8.1", "8.2", "8.3", "8.4", "9.0", "9.1", "9.2")
_NODES_INSTEAD_OF_IDS: Final = (8, 1)  # since then the fixture manager is asked with the node itself


class Definition(Protocol):
    """The part of pytest's FixtureDef that is used."""

    argname: str
    argnames: Sequence[str]
    scope: str
    func: Callable[..., Any]


def minor_version(version: str = pytest.__version__) -> str:
    """Give "8.4" for "8.4.2"."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return found.group() if found else version


def require_tested(version: str = pytest.__version__) -> None:
    """Do nothing under a tested version.

    Raises:
        pytest.UsageError: the version is not among `TESTED`.
    """
    if minor_version(version) not in TESTED:
        raise pytest.UsageError(
            f"cellwall: running tests as many users is tested with pytest {', '.join(TESTED)}, not with "
            f"{version}; leave out --concurrent-users, or install one of them"
        )


def definitions(item: Any, name: str) -> Sequence[Definition]:
    """Give the fixtures of this name that the item sees, the one that wins last."""
    known = item._fixtureinfo.name2fixturedefs.get(name)
    if known is None:
        manager = item.session._fixturemanager
        numbers = tuple(int(part) for part in minor_version().split("."))
        known = manager.getfixturedefs(name, item if numbers >= _NODES_INSTEAD_OF_IDS else item.nodeid)
    return known or ()


def direct_names(item: Any) -> list[str]:
    """Give the fixtures that the test names itself, by arguments and `usefixtures`; not what is autouse."""
    used = [name for mark in item.iter_markers("usefixtures") for name in mark.args]
    return list(dict.fromkeys([*item._fixtureinfo.argnames, *used]))


def argument_names(item: Any) -> Sequence[str]:
    """Give the names of the test function's own arguments that are fixtures."""
    return tuple(item._fixtureinfo.argnames)


def all_names(item: Any) -> list[str]:
    """Give every fixture of the test in the order in which pytest makes them."""
    return list(item.fixturenames)


def parameters(item: Any) -> dict[str, Any]:
    """Give the parameters of the test by fixture name."""
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec is not None else {}


def pytests_value(item: Any, name: str) -> Any:
    """Let pytest make or give the value of a fixture that is not ours."""
    if name in item.funcargs:
        return item.funcargs[name]
    return item._request.getfixturevalue(name)


def request_of(item: Any) -> Any:
    """Give the item's own `request`."""
    return item._request


def bound(function: Callable[..., Any], instance: object) -> Callable[..., Any]:
    """Give a method of a test class, a test or a fixture, for this instance of the class; else `function`."""
    if instance is None:
        return function
    owner = getattr(function, "__self__", None)
    if owner is not None:
        if isinstance(owner, type) or not isinstance(instance, type(owner)):
            return function
        return function.__func__.__get__(instance)  # type: ignore[attr-defined,no-any-return]
    return function


def without_wrapper(definition: Definition) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """Give the fixture's function and its arguments as they were written.

    pytest-asyncio before 0.24 puts a function of its own around async fixtures while it collects.
    """
    function = definition.func
    inner = getattr(function, "__wrapped__", None)
    code = getattr(function, "__code__", None)
    if inner is None or code is None or "pytest_asyncio" not in code.co_filename:
        return function, tuple(definition.argnames)
    own = inspect.signature(inner).parameters
    return inner, tuple(name for name in definition.argnames if name in own)


def rewrites_assertions(loader: object) -> bool:
    """Tell whether the loader is the one that rewrites assertions."""
    return isinstance(loader, AssertionRewritingHook)


def rewrite_assertions(hook: Any, tree: ast.Module, source: bytes, path: Path) -> None:
    """Rewrite the assertions of a module's tree in place, as the hook would."""
    rewrite_asserts(tree, source, str(path), hook.config)


def note_rewritten(hook: Any, name: str, path: Path) -> None:
    """Tell the hook that it has loaded this module, for what it warns of."""
    hook._rewritten_names[name] = path
