"""One file for each owner: its name, its walls, its end."""

import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from cellwall import RequestScopedSessionManager, UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage, Owner
from cellwall.runtime.database.embedded import MAX_STORES


def open_files() -> set[str]:
    """Give what this process has open, where the system tells."""
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


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


async def test_no_file_stays_open(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    for _ in range(3):
        async with manager.session(ada) as session:
            session.add(item(name="x"))
            await session.flush()
            seen = open_files()
        assert any("sqlite3" in name for name in seen)
    assert not any("sqlite3" in name for name in open_files())
