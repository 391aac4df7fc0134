"""Rewritten awaits: they pause where asked, mean what they meant, and are cached apart."""

import asyncio
import importlib
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import AsyncMock

import pytest

from cellwall.explore import Run, Schedule, explore, run_once
from cellwall.explore.amplify import amplified_code, amplifying
from cellwall.explore.amplify.bytecode import BytecodeCache

DESK = '''
"""A desk that keeps the user on itself."""
from __future__ import annotations


class Desk:
    def __init__(self, store):
        self.store = store
        self.user = ""

    async def handle(self, user):
        self.user = user
        await self.store.read()
        return self.user


async def everything(log):
    async with lock(log) as held:
        async for number in numbers(log):
            log.append(number + await later(held))
    return [await later(n) async for n in numbers(log)]


class lock:
    def __init__(self, log): self.log = log
    async def __aenter__(self): return 10
    async def __aexit__(self, *raised): self.log.append("out")


async def numbers(log):
    yield 1
    yield 2


async def later(value):
    return value


async def failing():
    raise LookupError("line 42 of this file")
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder on the path with a package `deskpackage`, forgotten afterwards."""
    folder = tmp_path / "deskpackage"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "desk.py").write_text(DESK)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "deskpackage"]:
        del sys.modules[name]


def load() -> ModuleType:
    """Import the desk anew."""
    for name in [name for name in sys.modules if name.split(".")[0] == "deskpackage"]:
        del sys.modules[name]
    return importlib.import_module("deskpackage.desk")


def race(desk: ModuleType) -> Any:
    """Two users at one desk whose store is a mock, so that its await never suspends."""

    async def scenario(run: Run) -> None:
        shared = desk.Desk(AsyncMock())

        async def visit(user: str) -> None:
            got = await shared.handle(user)
            assert got == user, f"{user} got {got}"

        run.begin()
        for user in ("alice", "bob"):
            run.handler(user, visit(user))
        await run.all()

    return scenario


def test_a_race_behind_a_mock_is_found_and_is_conditional(package: Path) -> None:
    with amplifying(["deskpackage"]):
        scenario = race(load())
    assert explore(scenario, schedules=100).clean
    found = explore(scenario, schedules=100, amplify=True)
    assert found.failures == ()
    [failure] = found.conditional
    assert failure.kind == "AssertionError"
    assert failure.repeats
    assert found.certificate.amplified > 0
    assert ":amplified" in str(failure.schedule)
    again = run_once(scenario, str(failure.schedule))
    assert (again.failure, again.trace_hash) == (failure.message, failure.outcome.trace_hash)
    assert run_once(scenario).failure is None


def test_what_fails_without_is_no_conditional_finding(package: Path) -> None:
    async def scenario(run: Run) -> None:
        raise AssertionError

    found = explore(scenario, schedules=10, amplify=True)
    assert (len(found.failures), found.conditional) == (1, ())


def test_without_the_hook_nothing_is_rewritten(package: Path) -> None:
    assert not explore(race(load()), schedules=50, amplify=True).conditional


def test_rewritten_code_means_the_same(package: Path) -> None:
    plain = load()
    with amplifying(["deskpackage"]) as finder:
        rewritten = load()
    assert finder.rewritten == ["deskpackage", "deskpackage.desk"]
    for amplified in (False, True):
        logs: list[list[Any]] = [[], []]
        results = []
        for module, log in zip((plain, rewritten), logs, strict=True):
            results.append(
                run_once(
                    lambda run, module=module, log=log: module.everything(log), Schedule(amplified=amplified)
                ).result
            )
        assert results[0] == results[1] == [1, 2]
        assert logs[0] == logs[1] == [11, 12, "out"]


def test_lines_stay_where_they_are(package: Path) -> None:
    with amplifying(["deskpackage"]):
        desk = load()
    with pytest.raises(LookupError) as raised:
        asyncio.run(desk.failing())
    line = raised.tb.tb_lineno if raised.tb.tb_next is None else raised.traceback[-1].lineno + 1
    linecache.checkcache()
    assert "line 42" in linecache.getline(str(package / "desk.py"), line)


def test_a_cancelled_pause_leaves_no_coroutine_behind(package: Path) -> None:
    with amplifying(["deskpackage"]):
        desk = load()

    async def scenario(run: Run) -> None:
        run.begin()
        run.handler("alice", desk.everything([]))
        await run.all()

    for step in range(1, 12):
        outcome = run_once(scenario, Schedule.parse(f"1:py3.11:s0:amplified:x.alice.{step}"))
        assert outcome.failure is None


def test_the_cache_is_its_own_and_follows_the_source(package: Path) -> None:
    source = package / "desk.py"
    kept = BytecodeCache().path_for(source)
    assert kept != Path(importlib.util.cache_from_source(str(source)))
    assert not kept.exists()
    with amplifying(["deskpackage"]):
        load()
    written = kept.read_bytes()
    with amplifying(["deskpackage"]):
        load()
    assert kept.read_bytes() == written
    source.write_text(DESK + "\nADDED = 1\n")
    importlib.invalidate_caches()
    with amplifying(["deskpackage"]):
        assert load().ADDED == 1
    assert load().ADDED == 1  # Python's own cache was not touched
    assert "__cellwall_amplified__" not in vars(load())
    kept.write_bytes(b"broken")
    with amplifying(["deskpackage"]):
        assert "__cellwall_amplified__" in vars(load())


def test_a_module_that_another_hook_loads_is_left_to_it_or_to_the_adapter(package: Path) -> None:
    class Other:
        """Loads a module in a way of its own."""

        def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
            if name != "deskpackage.desk":
                return None
            return importlib.util.spec_from_loader(name, self, origin="elsewhere")  # type: ignore[arg-type]

        def create_module(self, spec: Any) -> None:
            return None

        def exec_module(self, module: ModuleType) -> None:
            module.BY = "other"  # type: ignore[attr-defined]

    other = Other()
    sys.meta_path.insert(0, other)  # type: ignore[arg-type]
    try:
        with amplifying(["deskpackage"]) as finder:
            assert load().BY == "other"
        assert finder.left_out == ["deskpackage.desk"]
        with amplifying(["deskpackage"], adapter=lambda spec: spec.loader) as finder:  # type: ignore[arg-type, return-value]
            assert load().BY == "other"
        assert "deskpackage.desk" in finder.rewritten
    finally:
        sys.meta_path.remove(other)  # type: ignore[arg-type]


def test_a_module_without_awaits_stays_as_it_is() -> None:
    source = '"""Doc."""\nVALUE = 1\n'
    plain = compile(source, "plain.py", "exec", dont_inherit=True)
    assert amplified_code(source, "plain.py").co_code == plain.co_code
