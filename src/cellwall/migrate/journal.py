"""The append-only record of a run's events, in SQLite."""

from collections.abc import Iterator
from pathlib import Path

from cellwall.migrate.events import Event


class Journal:
    """StorageError: disk full, read-only, torn. `skipped`: records of kinds that this version does not know."""

    skipped: int

    @classmethod
    def create(cls, path: Path) -> "Journal":
        raise NotImplementedError

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Journal":
        raise NotImplementedError

    def append(self, event: Event, at: float) -> int:
        raise NotImplementedError  # the record's number

    def records(self, after: int = 0) -> Iterator[tuple[int, float, Event]]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
