"""A git that is killed while it makes the run's branch: nothing of the run stays behind."""

import pytest

from cellwall.migrate.errors import GitError
from cellwall.migrate.git.repository import Repository


def test_its_lock_goes_with_the_run_that_never_began(shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(repo: Repository, ref: str, commit: str) -> None:
        lock = repo.common_dir / f"{ref}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
        raise GitError("git update-ref failed: exit code -9")

    monkeypatch.setattr(Repository, "create_ref", killed)
    with pytest.raises(GitError):
        shop.run()
    assert not list((shop.root / ".git").rglob("*.lock*"))
