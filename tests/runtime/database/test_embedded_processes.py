"""The embedded storage among processes: born at the same time, ended in the middle, short of files."""

import subprocess
import sys
from pathlib import Path

HEAD = """
import asyncio, resource, sys
from pathlib import Path
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from cellwall import RequestScopedSessionManager, UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage
from cellwall.runtime.errors import StoreUnavailableError

class Base(DeclarativeBase):
    pass

class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

folder = Path(sys.argv[1])
storage = EmbeddedStorage(folder)
manager = RequestScopedSessionManager(storage=storage)

def user(name):
    return UserExecutionContext.create_for_user(name)
"""

AT_ONCE = """
async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(30):
        async with manager.session(user(f"user-{number}")) as session:
            session.add(Item(name=sys.argv[2]))
            await session.commit()
    await manager.close()

asyncio.run(main())
"""

LEFT_OPEN = """
async def main():
    global session
    session = await manager.create_session(context=user("ada"))
    session.add(Item(name="never committed"))
    await session.flush()
    print("leaving", flush=True)

asyncio.run(main())
"""

SHORT_OF_FILES = """
async def main():
    async with manager.session(user("first")) as first:
        first.add(Item(name="x"))
        await first.commit()
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 1, 4096))
        failed = 0
        for number in range(3):
            try:
                async with manager.session(user(f"user-{number}")) as session:
                    await session.query(Item).count()
            except StoreUnavailableError as error:
                assert "this user's store" in str(error), error
                failed += 1
        assert failed == 3, failed
        assert await first.query(Item).count() == 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))
        async with manager.session(user("user-0")) as session:
            assert await session.query(Item).count() == 0
    await manager.close()
    print("done", flush=True)

asyncio.run(main())
"""


def started(script: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-W", "error", "-c", HEAD + script, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_two_processes_make_the_same_users_at_once(tmp_path: Path) -> None:
    processes = [started(AT_ONCE, str(tmp_path), name) for name in ("one", "two")]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    files = sorted(tmp_path.iterdir())
    assert len([path for path in files if path.suffix == ".sqlite3"]) == 30
    assert not [path for path in files if ".new" in path.name]
    import sqlite3

    for path in files:
        if path.suffix == ".sqlite3":
            connection = sqlite3.connect(path)
            assert sorted(connection.execute("SELECT name FROM items")) == [("one",), ("two",)]
            connection.close()


def test_a_process_ends_though_sessions_are_open(tmp_path: Path) -> None:
    output, errors = started(LEFT_OPEN, str(tmp_path)).communicate(timeout=60)
    assert output == "leaving\n"
    assert "Traceback" not in errors and "Warning" not in errors, errors


def test_too_many_open_files_are_told_to_those_who_come_too_late(tmp_path: Path) -> None:
    process = started(SHORT_OF_FILES, str(tmp_path))
    output, errors = process.communicate(timeout=60)
    assert (output, process.returncode) == ("done\n", 0), errors
