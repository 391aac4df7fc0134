"""What a test failed by: an assertion, a refusal of the target, or something that proves nothing."""

import asyncio
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cellwall.testing.leaky_doubles.failures import kind_of_failure, words

ROOT = "/somewhere/target"
TEST, APP, CONFTEST = f"{ROOT}/tests/test_it.py", f"{ROOT}/app/pool.py", f"{ROOT}/conftest.py"


def raised(code: str, file: str, **names: Any) -> BaseException:
    """Give what this code raises in this file."""
    try:
        exec(compile(code, file, "exec"), {"__name__": "here", **names})
    except BaseException as error:
        return error
    raise AssertionError("it raised nothing")


def own(name: str, module: str = "app.pool") -> type[Exception]:
    """Give an exception class that some module defines."""
    return type(name, (Exception,), {"__module__": module})


CASES: dict[str, tuple[BaseException, str]] = {
    "an assert of the test": (raised("assert 0", TEST), "assertion"),
    "an assert of a helper": (raised("assert 0", CONFTEST), "assertion"),
    "pytest.raises saw nothing": (
        raised("with p.raises(ValueError): pass", TEST, p=pytest),
        "assertion",
    ),
    "pytest.fail": (raised("p.fail('leaks')", TEST, p=pytest), "assertion"),
    "assertEqual": (raised("t.assertEqual(1, 2)", TEST, t=unittest.TestCase()), "assertion"),
    "a time limit": (raised("p.fail('Timeout (>1.0s) from pytest-timeout.')", TEST, p=pytest), "other"),
    "an assert of the standard library": (raised("assert 0", asyncio.__file__), "other"),
    "the target's refusal": (raised("raise E('no')", APP, E=own("Refused")), "refusal"),
    "the target's refusal, of another package": (
        raised("raise E('no')", APP, E=own("E", "fastapi")),
        "refusal",
    ),
    "the same, raised by the test": (raised("raise E('no')", TEST, E=own("Refused")), "other"),
    "PermissionError of the target": (raised("raise PermissionError", APP), "refusal"),
    "PermissionError of a library": (raised("raise PermissionError", asyncio.__file__), "other"),
    "KeyError of the target": (raised("{}['x']", APP), "other"),
    "TypeError of the target": (raised("len(5)", APP), "other"),
    "a subclass of TypeError": (
        raised("raise E()", APP, E=type("E", (TypeError,), {"__module__": "app"})),
        "other",
    ),
    "a library's error": (raised("raise E()", asyncio.__file__, E=own("E", "sqlalchemy.exc")), "other"),
    "the runtime's refusal": (
        raised("raise E()", asyncio.__file__, E=own("E", "cellwall.runtime.errors")),
        "refusal",
    ),
    "KeyboardInterrupt": (raised("raise KeyboardInterrupt", APP), "other"),
    "SystemExit": (raised("raise SystemExit(0)", APP), "other"),
    "a group with an assertion": (
        ExceptionGroup("two", [KeyError("x"), raised("assert 0", TEST)]),
        "assertion",
    ),
    "a group without one": (ExceptionGroup("one", [KeyError("x")]), "other"),
    "never raised": (AssertionError(), "other"),
}


@pytest.mark.parametrize(("error", "kind"), CASES.values(), ids=CASES)
def test_what_a_test_failed_by(error: BaseException, kind: str) -> None:
    assert kind_of_failure(error, TEST, ROOT, frozenset({"cellwall", "app"})) == kind


def test_an_assertion_in_a_double_is_its_own_clumsiness() -> None:
    import cellwall.testing.leaky_doubles as package

    error = raised("assert 0", str(Path(package.__file__).with_name("calls.py")))
    assert kind_of_failure(error, TEST, "/", frozenset()) == "other"


SAID: list[tuple[Callable[[], BaseException], str]] = [
    (lambda: ValueError("first\nsecond"), "ValueError: first"),
    (ValueError, "ValueError"),
    (lambda: ValueError("  "), "ValueError"),
]


@pytest.mark.parametrize(("make", "text"), SAID)
def test_words(make: Callable[[], BaseException], text: str) -> None:
    assert words(make()) == text
    assert len(words(ValueError("x" * 5000))) == 300
