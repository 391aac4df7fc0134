"""A patch as bytes and as a file: canonical JSON, contents in base64; its digest is SHA-256 of the bytes.

An agent wrote the file, so nothing in it is believed before it was looked at.
"""

import base64
import binascii
import hashlib
import json
import os
import stat
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from cellwall.migrate.atomic_bytes import write_atomically
from cellwall.migrate.batch import Batch, FileChange, NewModule, Patch, Site
from cellwall.migrate.errors import PatchError
from cellwall.migrate.git.safe_path import require_safe

FORMAT: Final = "cellwall-patch-2"
LARGEST: Final = 256 << 20  # bytes of a patch file
SITE_TEXTS: Final = ("path", "rule", "code", "reason", "detail", "pattern")


def patch_to_bytes(patch: Patch) -> bytes:
    """Give the patch's canonical bytes: equal patches give equal bytes."""
    body = {
        "format": FORMAT,
        "base": patch.base,
        "batch": {
            "id": patch.batch.id,
            "agent": patch.batch.agent,
            "paths": list(patch.batch.paths),
            "writes": dict(patch.batch.writes),
        },
        "changes": [
            {"path": change.path, "before": _encode(change.before), "after": _encode(change.after)}
            for change in patch.changes
        ],
        "repaired": [asdict(site) for site in patch.repaired],
        "needs_human": [asdict(site) for site in patch.needs_human],
        "new_modules": [asdict(module) for module in patch.new_modules],
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def patch_digest(patch: Patch) -> str:
    """Give the SHA-256 of the patch's canonical bytes, in hexadecimal."""
    return _digest(patch_to_bytes(patch))


def write_patch(path: Path, patch: Patch) -> str:
    """Write the patch, whole or not at all, and give its digest; raises StorageError."""
    data = patch_to_bytes(patch)
    write_atomically(path, data)
    return _digest(data)


def read_patch(path: Path, *, batch: Batch | None = None, digest: str = "") -> Patch:
    """Read a patch that somebody wrote.

    Args:
        path: the file.
        batch: what the patch must be for.
        digest: what the file's digest must be.

    Raises:
        PatchError: there is no file, it is torn, for another batch, not what was announced, or it
            names a path that no patch may change.
    """
    data = _read(path)
    if digest and digest != _digest(data):
        raise PatchError(f"{path} is not the patch that was announced (digest {digest[:12]})")
    try:
        patch = patch_from_bytes(data)
    except PatchError as error:
        raise PatchError(f"{path}: {error}") from error
    if batch and patch.batch != batch:
        raise PatchError(f"{path} is a patch for another batch ({patch.batch.id[:40]!r}, not {batch.id!r})")
    return patch


def patch_from_bytes(data: bytes) -> Patch:
    """Make the patch that the bytes describe; raises PatchError."""
    try:
        body = json.loads(data)
        if body["format"] != FORMAT:
            raise PatchError("it is not a patch of this version of Cellwall")
        return Patch(
            batch=_batch(body["batch"]),
            base=_text(body["base"]),
            changes=_distinct(tuple(map(_change, body["changes"]))),
            repaired=tuple(map(_site, body["repaired"])),
            needs_human=tuple(map(_site, body["needs_human"])),
            new_modules=tuple(map(_new_module, body["new_modules"])),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PatchError(f"it is torn or no patch: {type(error).__name__}: {str(error)[:200]}") from error


def _batch(item: Any) -> Batch:
    writes = tuple(sorted((_text(path), _text(name)) for path, name in item["writes"].items()))
    return Batch(_text(item["id"]), _whole(item["agent"]), tuple(map(_text, item["paths"])), writes)


def _new_module(item: Any) -> NewModule:
    tests = tuple(map(_text, item.get("tests", ())))
    return NewModule(_text(item["path"]), _text(item["capability"]), _text(item["role"]), tests)


def _read(path: Path) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise PatchError(f"the patch {path} is not an ordinary file")
            data = _read_all(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise PatchError(f"cannot read the patch {path}: {error.strerror}") from error
    if len(data) > LARGEST:
        raise PatchError(f"the patch {path} is larger than {LARGEST >> 20} MB")
    return data


def _read_all(fd: int) -> bytes:
    with os.fdopen(fd, "rb", closefd=False) as file:
        return file.read(LARGEST + 1)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _encode(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode("ascii")


def _decode(text: Any) -> bytes | None:
    try:
        return None if text is None else base64.b64decode(_text(text), validate=True)
    except binascii.Error as error:
        raise PatchError(f"a content is not base64: {error}") from error


def _change(item: Any) -> FileChange:
    change = FileChange(require_safe(_text(item["path"])), _decode(item["before"]), _decode(item["after"]))
    if change.before == change.after:
        raise PatchError(f"{change.path} is named and not changed")
    return change


def _distinct(changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    if len({change.path for change in changes}) != len(changes):
        raise PatchError("it names a path twice")
    return changes


def _site(item: Any) -> Site:
    return Site(line=_whole(item["line"]), **{name: _text(item[name]) for name in SITE_TEXTS})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise PatchError(f"a text was expected, not {type(value).__name__}")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PatchError(f"a whole number was expected, not {type(value).__name__}")
    return value
