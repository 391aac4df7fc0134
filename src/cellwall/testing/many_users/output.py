"""Keeps apart what each user prints and logs, for the sections of the report."""

import logging
import sys
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, TextIO, final

from cellwall.testing.many_users.current_user import current_user

_READ_BY_TESTS: Final = {"capsys", "capsysbinary", "capfd", "capfdbinary", "capteesys"}
_LINE: Final = logging.Formatter("%(levelname)-8s %(name)s:%(filename)s:%(lineno)d %(message)s")
Keep = Callable[[str, str, str], None]  # user, title, text


@final
class OutputByUser:
    """In the block, what users print and log goes to `output`: user to title and text.

    What a test reads itself (`capsys`), and what is not captured at all (`-s`), is left alone.
    """

    def __init__(self, item: Any, output: dict[str, list[tuple[str, str]]]) -> None:
        self._output = output
        self._texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._takes_streams = (
            not _READ_BY_TESTS & set(item.fixturenames) and item.config.getoption("capture", "no") != "no"
        )
        self._streams: tuple[TextIO, TextIO] = (sys.stdout, sys.stderr)
        self._handler = _ByUser(self._keep)

    def __enter__(self) -> None:
        self._streams = (sys.stdout, sys.stderr)
        if self._takes_streams:
            sys.stdout = _Routed(sys.stdout, "stdout", self._keep)
            sys.stderr = _Routed(sys.stderr, "stderr", self._keep)
        logging.getLogger().addHandler(self._handler)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        logging.getLogger().removeHandler(self._handler)
        if self._takes_streams:
            sys.stdout, sys.stderr = self._streams
        for (user, title), texts in self._texts.items():
            self._output.setdefault(user, []).append((title, "".join(texts)))

    def _keep(self, user: str, title: str, text: str) -> None:
        self._texts[user, title].append(text)


@final
class _Routed:
    """A stream that keeps what users write, and passes on what everything else writes."""

    def __init__(self, stream: TextIO, title: str, keep: Keep) -> None:
        self._stream, self._title, self._keep = stream, title, keep

    def write(self, text: str) -> int:
        user = current_user()
        if user is None:
            return self._stream.write(text)
        self._keep(user, self._title, text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@final
class _ByUser(logging.Handler):
    def __init__(self, keep: Keep) -> None:
        super().__init__()
        self._keep = keep

    def emit(self, record: logging.LogRecord) -> None:
        user = current_user()
        if user is not None:
            try:
                self._keep(user, "log", _LINE.format(record) + "\n")
            except Exception:
                self.handleError(record)
