"""Real repositories, run directories and tiny file systems for the tests of this room."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import pytest

from cellwall.migrate.git.repository import Repository
from cellwall.migrate.run_directory import RunDirectory

RUN_ID: Final = "20250902-134501123-3fa9"
FILES: Final[Mapping[str, bytes]] = {
    "README.md": b"# readme\n",
    "src/app.py": b"x = 1\n",
    "tests/test_a.py": b"def test_a():\n    assert True\n",
    "tests/test_b.py": b"def test_b():\r\n    assert True\r\n",
}

GitCommand = Callable[..., str]
MakeRepository = Callable[[Mapping[str, bytes]], Repository]
Disk = Callable[..., AbstractContextManager[Path]]


@pytest.fixture
def git() -> GitCommand:
    """Give a function that runs git as a user would, without this machine's configuration."""

    def run(folder: Path, *arguments: str) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{
                f"GIT_{who}_{what}": f"user@{what.lower()}"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")

    return run


@pytest.fixture
def make_repository(tmp_path: Path, git: GitCommand) -> MakeRepository:
    """Give a function that makes a repository with these files in one commit."""

    def make(files: Mapping[str, bytes], root: Path = tmp_path / "repo") -> Repository:
        root.mkdir(parents=True)
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        git(root, "init", "-q", "-b", "main")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", "first")
        return Repository.discover(root)

    return make


@pytest.fixture
def repo(make_repository: MakeRepository) -> Repository:
    """Give a small repository."""
    return make_repository(FILES)


@pytest.fixture
def run_dir(repo: Repository, tmp_path: Path) -> RunDirectory:
    """Give a run's directory in `repo`."""
    return RunDirectory.create(repo, RUN_ID, base=repo.head_commit(), temp_root=tmp_path / "temp")


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """Give a function that mounts a file system of so many KB in memory while its context lasts."""

    @contextmanager
    def mount(kilobytes: int, name: str = "disk") -> Iterator[Path]:
        if os.geteuid() != 0:
            pytest.skip("mounting a tiny file system needs root")
        folder = tmp_path / name
        folder.mkdir()
        options = f"size={kilobytes}k,mode=700"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"mounting a tiny file system is not allowed here: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)

    return mount


@pytest.fixture
def fill() -> Callable[[Path, int], None]:
    """Give a function that fills the disk below a folder, but for so many bytes."""

    def fill_up(folder: Path, spare: int = 0) -> None:
        state = os.statvfs(folder)
        size = max(0, state.f_bavail * state.f_frsize - spare)
        (folder / "ballast").write_bytes(b"x" * size)

    return fill_up


@pytest.fixture
def read_only() -> Callable[[Path], AbstractContextManager[None]]:
    """Give a context in which the file system mounted at a folder is read-only."""

    @contextmanager
    def remount(folder: Path) -> Iterator[None]:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        try:
            yield
        finally:
            subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)

    return remount
