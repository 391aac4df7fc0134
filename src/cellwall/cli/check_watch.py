"""`cellwall check --watch`: checks again whenever a file changes, until it is interrupted."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from cellwall.check.source_tree import DirectorySourceTree
from cellwall.check.wanted_files import repository_of
from cellwall.cli.check_options import CheckOptions
from cellwall.cli.check_run import run_check

_SECONDS = 0.5


def watch(options: CheckOptions, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Check, wait for a change of a Python file or a configuration, and check again.

    Raises:
        SystemExit: with the last check's exit code, when it is interrupted.
    """
    root = options.repo or repository_of(Path.cwd())
    code = 0
    try:
        for _ in changes(root, sleep=sleep):
            click.clear()
            code = run_check(replace(options, exit_zero=False))
            click.echo("\nwatching; interrupt to stop", err=True)
    except KeyboardInterrupt:
        raise SystemExit(code) from None


def changes(root: Path, *, sleep: Callable[[float], None]) -> Iterator[None]:
    """Give one item at once, and one after each change of a Python file or a `pyproject.toml`."""
    last: object = None
    while True:
        current = _state(root)
        if current != last:
            last = current
            yield
        else:
            sleep(_SECONDS)


def _state(root: Path) -> dict[str, tuple[int, int]]:
    state: dict[str, tuple[int, int]] = {}
    for path in ("pyproject.toml", ".gitignore", *DirectorySourceTree(root, gitignore=True).paths()):
        try:
            status = (root / path).lstat()
        except OSError:
            continue
        state[path] = (status.st_mtime_ns, status.st_size)
    return state
