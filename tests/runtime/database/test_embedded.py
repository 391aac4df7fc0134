"""One file for each owner: its name, its walls, its end."""

import asyncio
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from cellwall import RequestScopedSessionManager, UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage, Owner
from cellwall.runtime.database.stores import MAX_STORES
from cellwall.runtime.errors import StoreUnavailableError, SystemContextError


def open_files(folder: Path) -> set[str]:
    """Give which databases in `folder` this process has open, where the system tells."""
    names = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            names.add(str(link.readlink()))
    return {name for name in names if name.startswith(str(folder)) and name.endswith("sqlite3")}


async def until(condition: Callable[[], bool]) -> None:
    """Wait until threads that close files have done so."""
    while not condition():  # noqa: ASYNC110  # a thread of the driver's
        await asyncio.sleep(0.01)


def test_names_tell_nothing_and_lead_nowhere(tmp_path: Path) -> None:
    stores = EmbeddedStorage(tmp_path)
    for user in ("ada", "../../etc/passwd", "/root", "a" * 255, "ada\\..\\x"):
        path = stores.of(Owner("user", user)).path
        assert path.parent == tmp_path
        assert user not in path.name
    assert Owner("user", "x").digest != Owner("request", "x").digest
    assert stores.of(Owner("user", "Ada")).path != stores.of(Owner("user", "ada")).path


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    EmbeddedStorage(tmp_path / "rows")
    assert stat.S_IMODE((tmp_path / "rows").stat().st_mode) == 0o700


async def test_a_crowd_of_first_requests_stays_within_the_limit(tmp_path: Path, item: Any) -> None:
    storage = EmbeddedStorage(tmp_path, max_connections=2)
    manager = RequestScopedSessionManager(storage=storage)
    before, most = set(threading.enumerate()), 0

    async def request(number: int) -> int:
        async with manager.session(UserExecutionContext.create_for_user(f"user-{number}")) as session:
            session.add(item(name="x"))
            await session.flush()
            return await session.query(item).count()

    crowd = [asyncio.create_task(request(number)) for number in range(30)]
    while not all(task.done() for task in crowd):
        most = max(most, len(set(threading.enumerate()) - before))
        await asyncio.sleep(0)
    assert [await task for task in crowd] == [1] * 30
    assert 0 < most <= 8, most  # two at work, and some that have closed their file and are about to end
    await storage.close()


def test_a_temporary_folder_ends_with_its_stores() -> None:
    stores = EmbeddedStorage()
    folder = stores.of(Owner("user", "ada")).path.parent
    assert folder.is_dir()
    del stores
    assert not folder.exists()


def test_few_stores_are_remembered(tmp_path: Path) -> None:
    stores = EmbeddedStorage(tmp_path)
    first = stores.of(Owner("user", "first"))
    for number in range(MAX_STORES - 1):
        stores.of(Owner("user", str(number)))
    assert stores.of(Owner("user", "first")) is first
    stores.of(Owner("user", "one more"))
    assert len(stores._stores) == MAX_STORES
    assert stores.of(Owner("user", "first")) is first


async def test_other_files_cannot_be_attached(
    manager: RequestScopedSessionManager, item: Any, tmp_path: Path, ada: Any, bob: UserExecutionContext
) -> None:
    async with manager.session(ada) as session:
        session.add(item(name="ada's secret"))
        await session.commit()
    (theirs,) = (tmp_path / "rows").glob("*.sqlite3")
    async with manager.session(bob) as session:
        with pytest.raises(OperationalError, match="attached"):
            await session.execute(text("ATTACH :path AS other"), {"path": str(theirs)})


async def test_foreign_keys_hold(
    manager: RequestScopedSessionManager, part: Any, ada: UserExecutionContext
) -> None:
    async with manager.session(ada) as session:
        session.add(part(item_id=4711))
        with pytest.raises(IntegrityError):
            await session.commit()


async def test_rows_survive_the_process(tmp_path: Path, item: Any, ada: UserExecutionContext) -> None:
    async with RequestScopedSessionManager(tmp_path).session(ada) as session:
        session.add(item(name="kept"))
        await session.commit()
    async with RequestScopedSessionManager(tmp_path).session(ada) as session:
        assert (await session.query(item).one()).name == "kept"


async def test_open_files_are_few_and_end_with_the_storage(tmp_path: Path, item: Any) -> None:
    storage = EmbeddedStorage(tmp_path, max_stores=2)
    manager = RequestScopedSessionManager(storage=storage)
    for user in ("ada", "bob", "cyd", "dan"):
        async with manager.session(UserExecutionContext.create_for_user(user)) as session:
            session.add(item(name="x"))
            await session.commit()
    await until(lambda: len(open_files(tmp_path)) == 2)
    await manager.close()
    await until(lambda: not open_files(tmp_path))


async def test_work_without_a_user_has_no_file(tmp_path: Path) -> None:
    with pytest.raises(SystemContextError, match="no database of all users"):
        await EmbeddedStorage(tmp_path).open(Owner("system", "nightly report"), "request-1")
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


async def test_files_are_their_owners_alone(
    manager: RequestScopedSessionManager, item: Any, tmp_path: Path, ada: UserExecutionContext
) -> None:
    async with manager.session(ada) as session:
        session.add(item(name="x"))
        await session.commit()
        modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "rows").iterdir()}
    assert set(modes.values()) == {0o600}
    assert any(suffix.endswith("-wal") for suffix in modes)


async def test_after_the_end_a_session_says_so(tmp_path: Path, item: Any, ada: UserExecutionContext) -> None:
    manager = RequestScopedSessionManager(tmp_path)
    async with manager.session(ada) as session:
        await session.query(item).count()
        await manager.close()
        with pytest.raises(StoreUnavailableError, match="closed"):
            await session.query(item).count()
