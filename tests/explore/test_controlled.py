"""What is put in place while runs are made, also for libraries imported meanwhile, and only then."""

import asyncio
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cellwall.explore import Run, controlled, explore
from cellwall.explore.inline.late_imports import LateImports


def test_a_library_that_is_imported_by_the_scenario_is_controlled(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "aiosqlite"]:
        monkeypatch.delitem(sys.modules, name)

    async def scenario(run: Run) -> None:
        import aiosqlite

        async with aiosqlite.connect(":memory:") as connection:
            await connection.execute("select 1")

    found = explore(scenario, schedules=5)
    assert found.clean
    assert any(sentence.startswith("aiosqlite runs") for sentence in found.certificate.not_covered)
    assert not any("not controlled" in sentence for sentence in found.certificate.not_covered)
    assert not any(isinstance(finder, LateImports) for finder in sys.meta_path)


@pytest.mark.parametrize("way", ["asyncio", "anyio"])
def test_threads_are_told_of_only_where_one_was_used(way: str) -> None:
    import anyio.to_thread

    async def scenario(run: Run) -> None:
        run.begin()
        await asyncio.sleep(0)

    async def with_a_thread(run: Run) -> None:
        run.begin()
        await (anyio.to_thread.run_sync(int) if way == "anyio" else asyncio.to_thread(int))

    assert explore(scenario, schedules=5).certificate.not_covered == ()
    assert explore(with_a_thread, schedules=5).certificate.not_covered == (
        f"{way} runs its threads' jobs in the loop's thread: two of them never overlap",
    )


def test_a_late_import_is_an_import_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "latelibrary.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    told: list[str] = []
    monkeypatch.setattr(sys, "meta_path", [LateImports(["latelibrary"], told.append), *sys.meta_path])
    import latelibrary  # type: ignore[import-not-found]

    assert (told, latelibrary.VALUE) == (["latelibrary"], 1)
    assert latelibrary.__spec__.loader is latelibrary.__loader__
    assert type(latelibrary.__loader__).__name__ == "SourceFileLoader"
    monkeypatch.delitem(sys.modules, "latelibrary")


def test_uvloop_in_use_is_said_to_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    class Policy(asyncio.DefaultEventLoopPolicy):
        """Stands for uvloop's."""

    Policy.__module__ = "uvloop"
    monkeypatch.setitem(sys.modules, "uvloop", ModuleType("uvloop"))
    before = asyncio.get_event_loop_policy()
    asyncio.set_event_loop_policy(Policy())
    try:
        with controlled() as replaced:
            assert any(sentence.startswith("uvloop is replaced") for sentence in replaced)
    finally:
        asyncio.set_event_loop_policy(before)
    with controlled() as replaced:
        assert not any(sentence.startswith("uvloop") for sentence in replaced)
