"""The pytest plugin: puts a role's doubles into the target before tests are collected, and tells how it went.

It is told by the variable CELLWALL_LEAKY_DOUBLE, a JSON object, and appends JSON lines to the file `record`:

    {"role": "pool", "double": "", "without": [], "record": "x.jsonl",
     "roles": {"pool": {"imports": [], "create": "..."}}}

    {"kind": "made"} or {"kind": "not_made", "why": "..."}
    {"kind": "failure", "id": "tests/test_a.py::test_b", "phase": "call", "by": "assertion", "text": "..."}

With an empty `double` everything is in place and nothing leaks: the control, which every test must pass.
`without` names tests that are about other roles. With `parts` instead of a role, every part is run in a
child, and every double of its role in a child of that: see `role_forks` and `double_forks`.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from .double_forks import DoubleForks
from .failures import OTHER, kind_of_failure, words
from .forks import EndsAtOnce
from .making import make
from .memory import Memory
from .preload import importable
from .role_forks import RoleForks
from .spelled import NotMadeError

VARIABLE = "CELLWALL_LEAKY_DOUBLE"
# Taken out of the environment at once: no test can see by it whether something leaks.
_given = os.environ.pop(VARIABLE, "")


def pytest_configure(config: pytest.Config) -> None:
    """Do nothing at all without the variable."""
    if _given:
        told = json.loads(_given)
        hooks = RoleForks(told, begin) if "parts" in told else Doubles(told["roles"], told)
        config.pluginmanager.register(hooks, "cellwall-leaky-doubles")
        if "parts" in told:
            config.pluginmanager.register(EndsAtOnce(), "cellwall-ends-at-once")


def begin(session: Any, roles: dict[str, Any], part: dict[str, Any]) -> None:
    """Begin in a child that runs the tests of one role, under each of its doubles."""
    doubles = Doubles(roles, part)
    plugins = session.config.pluginmanager
    plugins.register(doubles, "cellwall-doubles-of-a-role")
    plugins.register(DoubleForks(doubles, part["forks"]), "cellwall-double-forks")
    doubles.pytest_collection(session)  # whose call has begun without it


class Doubles:
    """The hooks."""

    def __init__(self, roles: dict[str, Any], told: dict[str, Any]) -> None:
        self.role: str = told["role"]
        self.roles = roles
        self.record: str = told["record"]
        self.without: frozenset[str] = frozenset(told["without"])
        self.memory: Memory = Memory(told.get("double", ""))
        lines = self.roles.get(self.role, {}).get("imports", ())
        self.packages: frozenset[str] = frozenset(
            ["cellwall", *(line.split()[1].partition(".")[0] for line in lines)]
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: Any) -> None:
        """Put the doubles in, after the conftests of the tests' folders and before the tests."""
        try:
            with importable(session.config):
                make(self.role, self.roles, self.memory)
        except NotMadeError as error:
            self.write("not_made", why=str(error))
        except Exception as error:
            self.write("not_made", why=f"the double could not be put in: {words(error)}")
        else:
            self.write("made")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave the tests of other roles out."""
        items[:] = [item for item in items if item.nodeid.partition("[")[0] not in self.without]

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
