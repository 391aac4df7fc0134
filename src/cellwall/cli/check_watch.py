"""`cellwall check --watch`: checks again whenever a file changes, until it is interrupted."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from cellwall.check.source_tree import DirectorySourceTree
from cellwall.check.wanted_files import absolute, repository_of
from cellwall.cli.check_options import CheckOptions
from cellwall.cli.check_run import run_check
from cellwall.project.configuration_files import ConfigurationFiles
from cellwall.project.pytest_config import NAMES

_SECONDS: Final = 0.5
_RESTS: Final = 5  # times as long as a look takes: a large tree keeps no core busy


def watch(options: CheckOptions, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Check, wait for a change of what is checked or configures the check, and check again.

    Raises:
        SystemExit: with the last check's exit code, when it is interrupted.
    """
    root = absolute(options.repo) if options.repo else repository_of(Path.cwd())
    named = [*options.paths, *([options.baseline] if options.baseline else [])]
    code = 0
    try:
        for _ in changes(root, named, sleep=sleep):
            click.clear()
            code = run_check(options)
            click.echo("\nwatching; interrupt to stop", err=True)
    except KeyboardInterrupt:
        raise SystemExit(code) from None


def changes(root: Path, named: Sequence[Path], *, sleep: Callable[[float], None]) -> Iterator[None]:
    """Give one item at once, and one after each change of a file that is checked or configures the check."""
    last: object = None
    while True:
        began = time.perf_counter()
        current = _state(root, named)
        if current != last:
            last = current
            yield
        else:
            sleep(max(_SECONDS, _RESTS * (time.perf_counter() - began)))


def _state(root: Path, named: Sequence[Path]) -> dict[str, tuple[int, int, int]]:
    """Give what tells of each file whether it changed: an editor may keep its size, and the time it names."""
    tree = DirectorySourceTree(root, gitignore=True)
    configured = ConfigurationFiles(root, frozenset(NAMES)).folders()
    paths = [*tree.paths(), *tree.scripts(), *(str(absolute(path)) for path in named)]
    paths += [str(place / name) for place, names in configured for name in names]
    state: dict[str, tuple[int, int, int]] = {}
    for path in (*paths, ".gitignore"):
        try:
            status = os.lstat(root / path)
        except OSError:
            continue
        state[path] = (status.st_ino, status.st_ctime_ns, status.st_size)
    return state
