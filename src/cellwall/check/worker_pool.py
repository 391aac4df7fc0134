"""Checks files in child processes. The order of the answers is that of the paths, whoever is ready first."""

import gc
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.engine import check_file
from cellwall.check.file_report import FileReport
from cellwall.check.garbage import collection_paused
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree, read_in_order
from cellwall.check.time_limit import signal_taken

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_CHUNK: Final = 16
_WORTH_IT: Final = 2 * _CHUNK  # fewer files are checked faster here than processes are started


@dataclass(frozen=True, slots=True)
class Checking:
    """What children need to check files; they get it by being forked."""

    tree: SourceTree
    settings: CheckSettings
    project: ProjectFacts


_current: list[Checking] = []


def check_files(work: Checking, paths: Sequence[str], *, workers: int = 2) -> Iterator[FileReport]:
    """Check files, in order; where a child dies, the file on which it died is reported, the rest goes on."""
    if workers < 2 or len(paths) < _WORTH_IT or not hasattr(os, "fork"):
        yield from _chunk(work, paths)
        return
    from concurrent.futures.process import BrokenProcessPool

    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    done = 0
    _current[:] = [work]
    gc.freeze()  # what is here already is not looked at again in the children
    try:
        with _pool(workers) as pool:
            try:
                for reports in pool.map(_chunk_in_child, chunks):
                    done += 1
                    yield from reports
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)  # nobody waits for the rest any more
                raise
    except BrokenProcessPool:
        yield from _one_by_one(paths[done * _CHUNK :])
    finally:
        gc.unfreeze()
        _current.clear()


def _one_by_one(paths: Sequence[str]) -> Iterator[FileReport]:
    """Check files each in a child of its own chunk; a chunk whose child dies is split into single files."""
    for start in range(0, len(paths), _CHUNK):
        chunk = paths[start : start + _CHUNK]
        reports = _alone(chunk)
        if reports is not None:
            yield from reports
            continue
        for path in chunk:
            single = _alone([path])
            message = f"{path}: the process that checked it died; leave the file out with `exclude`"
            yield from single if single is not None else [FileReport(path, failures=(message,))]


@contextmanager
def _pool(workers: int) -> "Iterator[ProcessPoolExecutor]":
    """Give a pool whose children do not outlive this process, not even where it is killed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    ends = os.pipe()
    try:
        with ProcessPoolExecutor(
            workers, mp_context=context, initializer=_depend_on_parent, initargs=ends
        ) as pool:
            yield pool
    finally:
        for end in ends:
            os.close(end)


def _depend_on_parent(heard: int, held: int) -> None:
    """End with the parent, which alone holds the pipe open; Ctrl-C, which all processes get, is for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(held)
    threading.Thread(target=_end_with, args=(heard,), daemon=True).start()


def _end_with(heard: int) -> None:
    os.read(heard, 1)
    os._exit(1)


def _alone(paths: Sequence[str]) -> list[FileReport] | None:
    from concurrent.futures.process import BrokenProcessPool

    try:
        with _pool(1) as pool:
            return pool.submit(_chunk_in_child, paths).result()
    except BrokenProcessPool:
        return None


def _chunk_in_child(paths: Sequence[str]) -> list[FileReport]:
    return list(_chunk(_current[0], paths))


def _chunk(work: Checking, paths: Sequence[str]) -> Iterator[FileReport]:
    """Check files one after the other; garbage is collected after each chunk, not while parsing."""
    with collection_paused(), signal_taken(), read_in_order(work.tree):
        for path in paths:
            yield check_file(work.tree, path, work.settings, work.project)
        gc.collect()
