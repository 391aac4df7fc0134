"""The bytecode cache of rewritten modules: beside Python's own, under a name that nothing else reads."""

import importlib.util
import marshal
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import final

from cellwall.explore.amplify.rewriting import VERSION


@final
class BytecodeCache:
    """Code objects by source file, valid while the file's time and size stay.

    `kind` tells apart what else was done to the module, such as its assertions; letters and digits only.
    """

    def __init__(self, kind: str = "") -> None:
        self._kind = f"cellwallyields{VERSION}{kind}"

    def path_for(self, source: Path) -> Path:
        """Give where the source's code is kept."""
        return Path(importlib.util.cache_from_source(str(source), optimization=self._kind))

    def read(self, source: Path) -> CodeType | None:
        """Give the kept code, None when there is none or the source has changed."""
        try:
            data = self.path_for(source).read_bytes()
            header = _header(source)
        except (OSError, NotImplementedError):
            return None
        if data[: len(header)] != header:
            return None
        try:
            code = marshal.loads(data[len(header) :])
        except (EOFError, ValueError, TypeError):
            return None
        return code if isinstance(code, CodeType) else None

    def write(self, source: Path, code: CodeType) -> None:
        """Keep the code; where it cannot be written it is not kept."""
        with suppress(OSError, NotImplementedError):
            path = self.path_for(source)
            path.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_header(source) + marshal.dumps(code))
                os.replace(name, path)  # noqa: PTH105
            except BaseException:
                with suppress(OSError):
                    Path(name).unlink()
                raise


def _header(source: Path) -> bytes:
    status = source.stat()
    numbers = (status.st_mtime_ns, status.st_size)
    return importlib.util.MAGIC_NUMBER + b"".join(number.to_bytes(8, "little") for number in numbers)
