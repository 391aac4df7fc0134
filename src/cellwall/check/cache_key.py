"""What findings depend on beside the files: Cellwall's code, the interpreter, the plugins, the settings."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import cellwall
from cellwall.check.rule_plugins import plugin_set
from cellwall.check.settings import CheckSettings


def cache_key(settings: CheckSettings) -> str:
    """Give 32 hexadecimal digits that change when the same file could have other findings."""
    parts = (cellwall.__version__, sys.version, *plugin_set(), repr(settings), *_own_files())
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _own_files() -> Iterator[str]:
    """Name Cellwall's own files with size and time: whoever works on a rule sees its findings at once."""
    folders = [Path(cellwall.__file__).parent / room for room in ("check", "project")]
    for folder in folders:
        for place, inner, files in os.walk(folder):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            for name in sorted(files):
                path = f"{place}/{name}"
                status = os.stat(path)  # noqa: PTH116 - an editor waits, and a Path of each takes long
                yield f"{path}:{status.st_size}:{status.st_mtime_ns}"
