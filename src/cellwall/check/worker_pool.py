"""Checks files in child processes. The order of the answers is that of the paths, whoever is ready first."""

import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from cellwall.check.apart import needs_child
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.engine import check_file
from cellwall.check.file_report import FileReport
from cellwall.check.forked import depend_on_parent, forked, forked_items
from cellwall.check.garbage import collection_paused
from cellwall.check.rule import Rule
from cellwall.check.rule_failure import gate_death, rule_death
from cellwall.check.rule_gates import expect_files, gates
from cellwall.check.rule_selection import foreign_rules
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import SourceTree, read_in_order
from cellwall.check.time_limit import signal_taken

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_CHUNK: Final = 16
_WORTH_IT: Final = 2 * _CHUNK  # fewer files are checked faster here than processes are started


class Checking(NamedTuple):
    """What children need to check files; they get it by being forked."""

    tree: SourceTree
    settings: CheckSettings
    project: ProjectFacts


_current: list[Checking] = []


def check_files(work: Checking, paths: Sequence[str], *, workers: int = 2) -> Iterator[FileReport]:
    """Check files, in order; where a child dies, the file on which it died is reported, the rest goes on.

    A few files are checked in this process, unless code that is not ours may end it.

    Raises:
        RuleError: a rule ends the process before it has seen any file.
    """
    few = len(paths) < _WORTH_IT
    if not hasattr(os, "fork") or ((few or workers < 2) and not needs_child(work.settings, paths)):
        yield from _chunk(work, paths)
        return
    if few:
        yield from _one_by_one(work, paths)
        return
    from concurrent.futures.process import BrokenProcessPool

    if needs_child(work.settings, paths):
        _ask_gates_apart(foreign_rules(work.settings), work.settings)
    expect_files(paths, work.settings, work.project)
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
        yield from _one_by_one(work, paths[done * _CHUNK :])
    finally:
        gc.unfreeze()
        _current.clear()


def _one_by_one(work: Checking, paths: Sequence[str]) -> Iterator[FileReport]:
    """Check files in a child after the other; where one dies, another one goes on behind that file."""
    done = 0
    while done < len(paths):
        chunk = paths[done : done + _CHUNK]
        reports, _ = forked_items(lambda chunk=chunk: _chunk(work, chunk))  # type: ignore[misc]
        yield from reports
        done += len(reports)
        if len(reports) < len(chunk):
            path = paths[done]
            yield _alone(work, path) or _without_deadly_rules(work, path)
            done += 1


def _alone(work: Checking, path: str) -> FileReport | None:
    return forked(lambda: check_file(work.tree, path, work.settings, work.project))


def _without_deadly_rules(work: Checking, path: str) -> FileReport:
    """Find the rules that end the process on a file by asking each alone, and go on without them.

    Raises:
        RuleError: one does so before it has seen the file.
    """
    here = work.settings.of(path)._replace(folders={})
    deadly = [rule for rule in foreign_rules(here) if _is_deadly(rule, work._replace(settings=here), path)]
    without = here._replace(ignore=(*here.ignore, *(rule.code for rule in deadly)))
    report = _alone(work._replace(settings=without), path) if deadly else None
    if report is None:
        message = f"{path}: the process that checked it died; leave the file out with `exclude`"
        return FileReport(path, failures=(message,))
    told = (rule_death(rule, path) for rule in deadly)
    return report._replace(failures=(*told, *report.failures))


def _is_deadly(rule: Rule, work: Checking, path: str) -> bool:
    if _alone(work._replace(settings=_only(rule, work.settings)), path) is not None:
        return False
    _ask_gates_apart([rule], work.settings)
    return True


def _ask_gates_apart(rules: Iterable[Rule], settings: CheckSettings) -> None:
    """Ask each rule in a child which files it has to look into.

    Raises:
        RuleError: one ends the process.
    """
    for rule in rules:
        alone = _only(rule, settings)
        if forked(lambda alone=alone: len(gates(alone))) is None:  # type: ignore[misc]
            raise gate_death(rule)


def _only(rule: Rule, settings: CheckSettings) -> CheckSettings:
    return settings._replace(rules=(rule.code,), extend=(), folders={})


@contextmanager
def _pool(workers: int) -> "Iterator[ProcessPoolExecutor]":
    """Give a pool whose children do not outlive this process, not even where it is killed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    ends = os.pipe()
    try:
        with ProcessPoolExecutor(
            workers, mp_context=context, initializer=depend_on_parent, initargs=ends
        ) as pool:
            yield pool
    finally:
        for end in ends:
            os.close(end)


def _chunk_in_child(paths: Sequence[str]) -> list[FileReport]:
    return list(_chunk(_current[0], paths))


def _chunk(work: Checking, paths: Sequence[str]) -> Iterator[FileReport]:
    """Check files one after the other; garbage is collected after each chunk, not while parsing."""
    with collection_paused(), signal_taken(), read_in_order(work.tree):
        for path in paths:
            yield check_file(work.tree, path, work.settings, work.project)
        gc.collect()
