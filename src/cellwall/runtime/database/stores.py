"""The stores that are open: the least recently used is closed, never one in use."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any, Final, final

from sqlalchemy import MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from cellwall.runtime.database.open_files import OpenFiles
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.store import Store
from cellwall.runtime.database.template import Templates

MAX_STORES: Final = 64
MAX_CONNECTIONS: Final = 200
WAIT_SECONDS: Final = 30.0
STATEMENTS: Final = 500  # as many as an engine of SQLAlchemy's remembers


@final
class Stores:
    """Opens a store for each owner and closes what is out of use.

    Args:
        directory: where the files are.
        dialect: of an engine that has connected once.
        limit: stores that stay open; more only while all of them are in use.
        connections: files of all owners together that may be open at once.
        metadata: the tables of a file whose first statement does not say which it needs.
    """

    def __init__(
        self,
        directory: Path,
        dialect: Dialect,
        *,
        limit: int,
        connections: int,
        metadata: MetaData | None = None,
    ) -> None:
        self._directory = directory
        self._dialect = dialect
        self._limit = limit
        self._files = OpenFiles(connections, WAIT_SECONDS)
        self._templates = Templates(metadata)
        self._options: dict[str, Any] = {"compiled_cache": LRUCache(STATEMENTS)}
        self._open: OrderedDict[Owner, Store] = OrderedDict()
        self._lock = RLock()  # sessions may end in any thread, by the garbage collector

    def __len__(self) -> int:
        return len(self._open)

    def of(self, owner: Owner) -> Store:
        """Give the store of `owner`, which then is the one used last."""
        with self._lock:
            store = self._open.get(owner)
            if store is not None and not store.lost:
                self._open.move_to_end(owner)
                return store
            if store is not None:
                store.replaced = True
                if not store.sessions:
                    store.stop(wait=True)
            if len(self._open) >= self._limit:
                self.make_room()
            store = self._open[owner] = self._new(owner)
            self._open.move_to_end(owner)
            return store

    def use(self, owner: Owner) -> tuple[Store, Callable[[], None]]:
        """Give the store of `owner` for one more session, and what to call when that session ends."""
        with self._lock:
            store = self.of(owner)
            store.sessions += 1

        def ended() -> None:
            with self._lock:
                store.sessions -= 1
                crowded = len(self._open) > self._limit or self._files.wanted
                if not store.sessions and (crowded or store.replaced):
                    self._close(owner, store)

        return store, ended

    def discard(self, owner: Owner) -> None:
        """Close the store of `owner` and delete its file; an anonymous owner never comes again."""
        with self._lock:
            store = self._open.pop(owner, None) or self._new(owner)
            store.replaced = True
            store.remove(wait=not owner.anonymous)

    def stop(self, *, wait: bool = False) -> None:
        """Close everything, in use or not."""
        with self._lock:
            stores = list(self._open.values())
            self._open.clear()
            for store in stores:
                store.replaced = True
        for store in stores:
            store.stop(wait=wait)

    def free_connection(self) -> None:
        """Close a connection that rests, if there is one: of a store out of use, else in a session's pause.

        It waits for nothing; who waits longest gets the place, when the file is closed.
        """
        with self._lock:
            for owner, store in sorted(self._open.items(), key=lambda opened: opened[1].sessions > 0):
                if store.close_resting():
                    if not store.sessions:
                        self._close(owner, store)
                    return

    def make_room(self) -> None:
        """Close the oldest store that is out of use, if there is one."""
        with self._lock:
            for owner, store in self._open.items():
                if not store.sessions:
                    self._close(owner, store)
                    return

    def _close(self, owner: Owner, store: Store) -> None:
        if self._open.get(owner) is store:
            del self._open[owner]
        store.stop()

    def _new(self, owner: Owner) -> Store:
        path = self._directory / f"{owner.digest}.sqlite3"
        return Store(
            path,
            self._dialect,
            self._options,
            templates=self._templates,
            files=self._files,
            free_connection=self.free_connection,
        )
