"""Does a piece of work in a child process of its own, so that what ends the process ends only that."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Any, Final, NoReturn, TypeVar

_Answer = TypeVar("_Answer")
_ITEM: Final = 0
_END: Final = 1
_ERROR: Final = 2


def forked(work: Callable[[], _Answer]) -> _Answer | None:
    """Give what `work` gives in a forked child, None where the child ends before it has an answer.

    Raises:
        BaseException: what the work raises.
        OSError: there is no place for the answer, or no further process.
    """
    answers, whole = forked_items(lambda: [work()])
    return answers[0] if whole else None


def forked_items(work: Callable[[], Iterable[_Answer]]) -> tuple[list[_Answer], bool]:
    """Give the items that `work` gives in a forked child, and whether these are all: it may die after some.

    They come by a file: a pipe may be held open by whatever the work starts itself.

    Raises:
        BaseException, OSError: as `forked` does.
    """
    from tempfile import TemporaryFile

    _flush()
    ends = os.pipe()
    try:
        with TemporaryFile() as file:
            child = os.fork()
            if child == 0:
                _answer(work, file, ends)
            _ended(child)
            file.seek(0)
            return _read(file)
    finally:
        for end in ends:
            os.close(end)


def depend_on_parent(heard: int, held: int) -> None:
    """End with the parent, which alone holds the pipe open; Ctrl-C, which all processes get, is for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(held)
    threading.Thread(target=_end_with, args=(heard,), daemon=True).start()


def _end_with(heard: int) -> None:
    os.read(heard, 1)
    os._exit(1)


def _answer(work: Callable[[], Iterable[object]], file: IO[bytes], ends: tuple[int, int]) -> NoReturn:
    """Do the work and write what comes of it, in the child; nothing of the parent's goes on here."""
    try:
        import pickle

        depend_on_parent(*ends)
        try:
            for item in work():
                file.write(pickle.dumps((_ITEM, item)))
                file.flush()
            last = pickle.dumps((_END, None))
        except BaseException as error:
            last = pickle.dumps((_ERROR, error))
        file.write(last)
        file.flush()
        _flush()
    finally:
        os._exit(0)


def _ended(child: int) -> None:
    """Wait for the child; who is interrupted meanwhile ends it."""
    try:
        os.waitpid(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def _read(file: IO[bytes]) -> tuple[list[Any], bool]:
    import pickle

    items: list[Any] = []
    while True:
        try:
            kind, item = pickle.load(file)
        except Exception:  # there is no more, or only the beginning of it
            return items, False
        if kind == _ERROR:
            raise item
        if kind == _END:
            return items, True
        items.append(item)


def _flush() -> None:
    """Write out what is buffered: else each process would write it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
