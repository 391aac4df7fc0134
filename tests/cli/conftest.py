"""A repository with recorded runs in it, for the commands that only look."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.migrate.fake_run import RunBuilder
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.journal import Journal
from cellwall.migrate.run_directory import RunDirectory

WriteRun = Callable[[str, RunBuilder | None], RunDirectory]


@pytest.fixture
def run_repo(tmp_path: Path) -> Repository:
    """A repository with one empty commit."""
    root = tmp_path / "repo"
    root.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        **{f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        subprocess.run(["git", *arguments], cwd=root, env=environment, check=True)
    return Repository.discover(root)


@pytest.fixture
def write_run(run_repo: Repository, tmp_path: Path) -> WriteRun:
    """Give a function that records a run under an id; None records nothing."""

    def run(run_id: str, build: RunBuilder | None) -> RunDirectory:
        named = RunBuilder().start(run_id=run_id).records if build else []
        records = [*named, *(build.records[1:] if build else [])]
        directory = RunDirectory.create(run_repo, run_id, base=run_repo.head_commit(), temp_root=tmp_path)
        journal = Journal.create(directory.journal)
        for at, event in records:
            journal.append(event, at)
        journal.close()
        return directory

    return run
