"""Subjects for gates: two real workspaces on disk, made from dictionaries of path to text."""

import itertools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cellwall.migrate.batch import Batch, FileChange, Patch
from cellwall.migrate.gates.gate import Subject
from cellwall.project.config import ProjectConfig
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.environment import Limits
from cellwall.project.local_environment import LocalEnvironment

Files = Mapping[str, str | bytes]


def _write(root: Path, files: Files) -> None:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def _bytes(files: Files, path: str) -> bytes | None:
    content = files.get(path)
    return content.encode() if isinstance(content, str) else content


@pytest.fixture(scope="session")
def environment() -> LocalEnvironment:
    """The running interpreter as the target's."""
    return LocalEnvironment(Path(sys.executable), Limits(seconds=60))


@pytest.fixture
def make_subject(tmp_path: Path, environment: LocalEnvironment) -> Callable[..., Subject]:
    """Give a function that makes a subject from the files before and after; what differs is the patch."""

    numbers = itertools.count()

    def make(before: Files, after: Files, **project: object) -> Subject:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        base, patched = folder / "base", folder / "patched"
        for root, files in ((base, before), (patched, after)):
            root.mkdir()
            _write(root, files)
        paths = tuple(sorted(p for p in {*before, *after} if _bytes(before, p) != _bytes(after, p)))
        changes = tuple(FileChange(p, _bytes(before, p), _bytes(after, p)) for p in paths)
        patch = Patch(Batch("a01-b001", 1, paths), "0" * 40, changes, (), ())
        config = ProjectConfig(tmp_path, Path(sys.executable), DEFAULT_ROLES, async_tests=True)
        return Subject(patch, base, patched, frozenset(paths), config._replace(**project), environment)

    return make
