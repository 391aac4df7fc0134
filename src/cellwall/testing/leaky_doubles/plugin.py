"""The pytest plugin: puts a role's doubles into the target before tests are collected, and tells how it went.

It is told by the variable CELLWALL_LEAKY_DOUBLE, a JSON object, and appends JSON lines to the file `record`:

    {"role": "pool", "double": "", "record": "x.jsonl", "roles": {"pool": {"imports": [], "create": "..."}}}

    {"kind": "made"} or {"kind": "not_made", "why": "..."}
    {"kind": "failure", "id": "tests/test_a.py::test_b", "phase": "call", "by": "assertion", "text": "..."}

With an empty `double` everything is in place and nothing leaks: the control, which every test must pass.
With `forks`, a list of {"double", "record", "outcomes", "seconds"}, every one of them is run in a child.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from .failures import OTHER, kind_of_failure, words
from .making import make
from .memory import Memory
from .rehearsal import Rehearsal
from .spelled import NotMadeError

VARIABLE = "CELLWALL_LEAKY_DOUBLE"
# Taken out of the environment at once: no test can see by it whether something leaks.
_given = os.environ.pop(VARIABLE, "")


def pytest_configure(config: pytest.Config) -> None:
    """Do nothing at all without the variable."""
    if _given:
        told = json.loads(_given)
        doubles = Doubles(told)
        config.pluginmanager.register(doubles, "cellwall-leaky-doubles")
        if told.get("forks"):
            config.pluginmanager.register(Rehearsal(doubles, told["forks"]), "cellwall-rehearsal")


class Doubles:
    """The hooks."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.role: str = told["role"]
        self.roles: dict[str, Any] = told["roles"]
        self.record: str = told["record"]
        self.memory: Memory = Memory(told["double"])
        lines = self.roles.get(self.role, {}).get("imports", ())
        self.packages: frozenset[str] = frozenset(
            ["cellwall", *(line.split()[1].partition(".")[0] for line in lines)]
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: Any) -> None:
        """Put the doubles in, after the conftests of the tests' folders and before the tests."""
        added = [root for root in _roots(session.config) if root not in sys.path]
        sys.path.extend(added)
        try:
            make(self.role, self.roles, self.memory)
        except NotMadeError as error:
            self.write("not_made", why=str(error))
        except Exception as error:
            self.write("not_made", why=f"the double could not be put in: {words(error)}")
        else:
            self.write("made")
        finally:
            sys.path[:] = [path for path in sys.path if path not in added]

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, None, None]:
        """Forget the users of the test before."""
        self.memory.forget()
        yield

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, None, None]:
        """Close after a coroutine test, in its own loop, what a double kept open."""
        function = getattr(item, "obj", None)
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def closing(*args: Any, **kwargs: Any) -> Any:
                try:
                    return await function(*args, **kwargs)
                finally:
                    await self.close()

            item.obj = closing
        yield

    async def close(self) -> None:
        """Call what was put off; what goes wrong there is the double's own matter."""
        while self.memory.exits:
            try:
                done = self.memory.exits.pop()(None, None, None)
                if inspect.isawaitable(done):
                    await done
            except Exception as error:
                self.write("trouble", text=words(error))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:
        """Tell what each failing test failed by."""
        yield
        if call.excinfo is not None:
            error, test = call.excinfo.value, str(item.path)
            by = kind_of_failure(error, test, str(item.config.rootpath), self.packages)
            self.write("failure", id=item.nodeid, phase=call.when, by=by, text=words(error))

    def become(self, double: str, record: str) -> None:
        """Let this double leak from now on, and write to another file."""
        self.memory.active, self.record = double, record
        self.write("made")

    def noticed(self, record: str) -> set[str]:
        """Give the tests that noticed a leak, from what a child wrote."""
        lines = Path(record).read_text(encoding="utf-8", errors="replace").splitlines()
        failures = [told for told in map(json.loads, lines) if told["kind"] == "failure"]
        return {told["id"] for told in failures if told["phase"] == "call" and told["by"] != OTHER}

    def write(self, kind: str, **values: Any) -> None:
        """Append one line."""
        with open(self.record, "a", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            file.write(json.dumps({"kind": kind, **values}) + "\n")


def _roots(config: pytest.Config) -> list[str]:
    """Give the folders that pytest would import the tests from: the first above each without `__init__`."""
    found = []
    for argument in config.args:
        folder = Path(argument.partition("::")[0]).resolve().parent
        while (folder / "__init__.py").exists():
            folder = folder.parent
        found.append(str(folder))
    return sorted({*found, str(config.rootpath)})
