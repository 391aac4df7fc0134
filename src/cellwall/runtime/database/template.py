"""Templates: a schema is made once, and a new owner's file is a copy of the result."""

import errno
import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, final
from weakref import WeakKeyDictionary

from sqlalchemy import MetaData, create_engine
from sqlalchemy.pool import NullPool

from cellwall.runtime.identity import fresh_id


@final
class Templates:
    """The content of a new file for each metadata, in memory; the same for every owner.

    Args:
        usual: the tables of a file whose first statement does not say which it needs, such as text.
    """

    def __init__(self, usual: MetaData | None = None) -> None:
        self._usual = usual
        self._content: WeakKeyDictionary[MetaData, tuple[int, bytes]] = WeakKeyDictionary()
        self._empty: bytes | None = None

    @property
    def usual(self) -> MetaData | None:
        """The tables of a file of which nothing else is known: those named, or the only ones seen."""
        if self._usual is None and len(self._content) == 1:
            return next(iter(self._content))
        return self._usual

    def of(self, metadata: MetaData | None) -> bytes:
        """Give a database file with the tables of `metadata`, or with none; made at the first call."""
        if metadata is None:
            self._empty = self._empty or _made(None)
            return self._empty
        tables, content = self._content.get(metadata, (-1, b""))
        if tables != len(metadata.tables):  # models that came later
            content = _made(metadata)
            self._content[metadata] = (len(metadata.tables), content)
        return content


def _made(metadata: MetaData | None) -> bytes:
    with TemporaryDirectory(prefix="cellwall-template-") as folder:
        path = Path(folder) / "template.sqlite3"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA user_version=0")  # writes the first page, and the journal mode with it
        connection.close()
        if metadata is not None:
            engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path), poolclass=NullPool)
            metadata.create_all(engine)
            engine.dispose()
        return path.read_bytes()


ONLY_MINE: Final = 0o600
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


def create_file(path: Path, content: bytes) -> None:
    """Make `path` with `content`, readable for this user alone; a file that is there stays as it is.

    It appears whole or not at all: two processes may make the same owner's file at once, and one that
    is killed leaves no half of it.

    Raises:
        OSError: the folder is gone, full or cannot be written.
    """
    draft = path.with_name(f"{path.name}.{fresh_id()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            written = file.write(content)
            if written != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        _appear(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _appear(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another request or process was first, with the same content
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _rename_unless_there(draft, path)


def _rename_unless_there(draft: Path, path: Path) -> None:
    """The same on file systems without hard links, where a lock keeps other processes away."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_MINE))
    except FileExistsError:
        raise OSError(errno.EAGAIN, "another process is making this file; try again") from None
    try:
        if not os.path.lexists(path):
            draft.rename(path)
    finally:
        lock.unlink(missing_ok=True)
