"""Reads one small text file of a hostile repository: size, links and encoding are checked."""

import os
import stat
from pathlib import Path
from typing import Final

from cellwall.project.errors import ConfigError

SIZE_LIMIT: Final = 1 << 20


def read_text(path: Path, root: Path) -> str | None:
    """Give the file's text, None where there is no such file.

    Raises:
        ConfigError: it leads out of `root`, is no plain file, is larger than 1 MiB, or is not UTF-8.
    """
    try:
        real = path.resolve(strict=True)
    except FileNotFoundError:
        if path.is_symlink():
            raise ConfigError(f"{path}:1: is a link to nothing; remove it or repair it") from None
        return None
    except (OSError, RuntimeError) as error:
        raise ConfigError(f"{path}:1: cannot be read: {error}") from error
    if not real.is_relative_to(root.resolve()):
        raise ConfigError(f"{path}:1: is a link that leaves the repository; put the file itself there")
    data = _bounded_bytes(path, real)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8 text") from error


def _bounded_bytes(path: Path, real: Path) -> bytes:
    try:
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(f"{path}:1: is not a plain file")
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise ConfigError(f"{path}:1: cannot be read: {error}") from error
    if len(data) > SIZE_LIMIT:
        raise ConfigError(f"{path}:1: is larger than {SIZE_LIMIT >> 20} MiB, too large to be configuration")
    return data
