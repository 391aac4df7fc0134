"""Keeps findings between runs, in one file below the tree's top: JSON behind a checksum, replaced whole.

A file that is missing, cut off, changed or of another kind is an empty cache. Two runs at once do not hurt
each other: each replaces the file by a whole one, and the last one stays.
"""

import contextlib
import errno
import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.file_report import FileReport
from cellwall.check.finding_record import from_record, to_record
from cellwall.check.javascript.languages import language_of
from cellwall.project.bounded_read import bounded_bytes
from cellwall.project.durable_write import replace_durably

FOLDER: Final = ".cellwall_cache"
MAX_BYTES: Final = 256 << 20
_PARTS: Final = 5  # of one file: change time, size, digest, record, digest of what others need to know of it
_KEPT: Final = 8  # files of other keys (other options, other versions) that stay
_FRESH_NS: Final = 50_000_000  # a file changed this shortly ago may change again without its time changing
_TAG: Final = "Signature: 8a477f597d28d172789f06886806bc55\n"
_Stamp = tuple[int, int]


@final
class FindingsCache:
    """What was found in each file, valid for one key (`cache_key`) and one state of the cross-file facts."""

    def __init__(self, root: Path, key: str) -> None:
        """Read the cache of the tree below `root`, if there is one that can be read."""
        self._root = root
        self._path = root / FOLDER / f"check-{key}.json"
        self._changed = False
        body = _read(self._path)
        # path -> [change time, size, content digest, record, digest for facts]
        self._files: dict[str, list[Any]] = body.get("files", {})
        self._facts: dict[str, Any] | None = body.get("facts")
        self._facts_of: str = body.get("facts_of", "")

    def stamp(self, path: str) -> _Stamp | None:
        """Give what tells cheaply whether a file changed, None where it cannot be told: it did just now."""
        try:
            status = os.lstat(f"{self._root}/{path}")
        except OSError:
            return None
        if time.time_ns() - status.st_ctime_ns < _FRESH_NS:
            return None
        return status.st_ctime_ns, status.st_size

    def unchanged(self, paths: Iterable[str]) -> dict[str, str]:
        """Give the files that have not changed since they were kept, each with its digest; see `digest`."""
        root, kept, lstat = f"{self._root}/", self._files.get, os.lstat
        latest = time.time_ns() - _FRESH_NS
        found: dict[str, str] = {}
        for path in paths:
            entry = kept(path)
            if entry is None:
                continue
            try:
                status = lstat(root + path)
            except OSError:
                continue
            changed = status.st_ctime_ns
            if changed == entry[0] and status.st_size == entry[1] and changed <= latest:
                found[path] = entry[2]
        return found

    def kept_stamp(self, path: str) -> _Stamp:
        """Give the stamp of a file that is kept."""
        entry = self._files[path]
        return entry[0], entry[1]

    def digest(self, path: str, stamp: _Stamp | None) -> str | None:
        """Give the digest of a file's content if it has not changed since it was kept."""
        entry = self._files.get(path)
        if entry is None or stamp is None or (entry[0], entry[1]) != stamp:
            return None
        return str(entry[2])

    def report(self, path: str, digest: str) -> FileReport | None:
        """Give what was found in a file with this content, None where that is not known."""
        entry = self._files.get(path)
        if entry is None or entry[2] != digest or entry[3] is None:
            return None
        try:
            return from_record(path, entry[3]) if entry[3] else FileReport(path)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return None

    def keep(self, path: str, stamp: _Stamp | None, digest: str, report: FileReport | None) -> bool:
        """Keep a file's digest and, where it is known, what was found in it; tell whether it changed."""
        entry = self._files.get(path)
        record = to_record(report) if report is not None else None
        is_new = entry is None or entry[2] != digest
        if record is None and entry is not None and not is_new:
            record = entry[3]
        made = [*(stamp or (0, -1)), digest, record, entry[4] if entry is not None else ""]
        if entry != made:
            self._files[path] = made
            self._changed = True
        return is_new

    def fact_digest(self, path: str) -> str:
        """Give the digest of what the facts rest on in a file, "" where that is nothing or not known."""
        entry = self._files.get(path)
        return str(entry[4]) if entry is not None else ""

    def keep_fact_digest(self, path: str, digest: str) -> None:
        """Keep the digest of what the facts rest on in a file that is known."""
        entry = self._files[path]
        self._changed |= entry[4] != digest
        entry[4] = digest

    def facts(self, tree_digest: str) -> ProjectFacts | None:
        """Give the facts that were collected from files with exactly these contents."""
        if self._facts is None or self._facts_of != tree_digest:
            return None
        try:
            return ProjectFacts.from_json(self._facts)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any file."""
        return not self._files

    def keep_facts(self, tree_digest: str, facts: ProjectFacts) -> None:
        """Keep facts; when they are others than before, findings that rest on the old ones are forgotten."""
        body = json.loads(json.dumps(facts.to_json()))
        if body != self._facts:
            for path, entry in self._files.items():
                entry[3] = entry[3] if language_of(path) is not None else None  # scripts rest on no facts
        self._facts, self._facts_of, self._changed = body, tree_digest, True

    def save(self, known: frozenset[str]) -> None:
        """Write the cache if it changed, without files that are gone; a disk that refuses is no error."""
        if not self._changed:
            return
        files = {path: entry for path, entry in self._files.items() if path in known}
        body = json.dumps({"files": files, "facts": self._facts, "facts_of": self._facts_of}).encode()
        with contextlib.suppress(OSError):
            folder = self._path.parent
            _make_folder(folder)
            content = _checksum(body) + b"\n" + body  # tells what a loss of power left
            replace_durably(self._path, content, suffix=".part", mode=0o600, sync=False)
            _remove_old(folder, self._path)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.parent.is_symlink():
            return {}
        checksum, _, body = bounded_bytes(path, MAX_BYTES, follow=False).partition(b"\n")
        found = json.loads(body) if checksum == _checksum(body) else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and _is_body(found) else {}


def _is_body(found: dict[str, Any]) -> bool:
    """Tell whether the parts have their shapes; records are looked at one by one when they are asked for."""
    files = found.get("files")
    return isinstance(files, dict) and all(isinstance(e, list) and len(e) == _PARTS for e in files.values())


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode()


def _make_folder(folder: Path) -> None:
    """Make the cache's folder, which git and backups leave out."""
    folder.mkdir(exist_ok=True)
    if folder.is_symlink():
        raise OSError(errno.ELOOP, "a link, which is not followed", str(folder))
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        with contextlib.suppress(FileExistsError), (folder / name).open("x") as file:
            file.write(text)


def _remove_old(folder: Path, current: Path) -> None:
    others = sorted(
        (path for path in folder.glob("check-*.json") if path != current),
        key=lambda path: path.stat().st_mtime_ns,
        reverse=True,
    )
    for path in others[_KEPT:]:
        path.unlink(missing_ok=True)
