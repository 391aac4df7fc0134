"""The files that a plan is compared with: what git tracks, without links; what lies there, without git."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cellwall.migrate.errors import RepositoryError
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.repository_files import repository_files


def test_git_says_which_files(make_repository: Callable[[Mapping[str, bytes]], Repository]) -> None:
    root = make_repository({"tests/test_a.py": b"", "notes.md": b""}).root
    (root / "untracked.py").write_bytes(b"")
    found = repository_files(root / "tests")
    assert (found.root, found.paths, found.tracked) == (root, ("notes.md", "tests/test_a.py"), True)


def test_links_are_left_out(tmp_path: Path, git: Callable[..., str]) -> None:
    (tmp_path / "a.py").write_bytes(b"")
    (tmp_path / "b.py").symlink_to("a.py")
    (tmp_path / "folder").symlink_to("/")
    assert repository_files(tmp_path).paths == ("a.py",)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    assert repository_files(tmp_path).paths == ("a.py",)


def test_a_folder_without_git_is_listed_as_it_lies_there(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_bytes(b"")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "x.py").write_bytes(b"")
    found = repository_files(tmp_path)
    assert (found.paths, found.tracked) == (("tests/test_a.py",), False)


def test_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="is no folder"):
        repository_files(tmp_path / "none")
