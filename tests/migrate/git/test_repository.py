"""Finding a repository, what is dirty in it, and the run's own refs moving by compare-and-swap."""

from pathlib import Path

import pytest

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import GitError, RepositoryError
from cellwall.migrate.git.history import commits_after
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.trailer import message_with_trailer

REF = "refs/heads/cellwall/20250902-134501123-3fa9"


def test_it_is_found_from_a_folder_inside(repo, git) -> None:
    found = Repository.discover(repo.root / "tests")
    assert (found.root, found.common_dir) == (repo.root, repo.root / ".git")
    assert found.head_commit() == git(repo.root, "rev-parse", "HEAD")
    assert found.head_branch() == "refs/heads/main"
    git(repo.root, "checkout", "-q", "--detach")
    assert found.head_branch() == ""


def test_a_linked_worktree_has_its_own_folder_and_the_common_one(repo, git, tmp_path: Path) -> None:
    git(repo.root, "worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Repository.discover(tmp_path / "linked")
    assert linked.common_dir == repo.common_dir
    assert linked.git_dir == repo.common_dir / "worktrees" / "linked"


def test_none_bare_empty_and_odd_places_are_refused(tmp_path: Path, git, repo) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "bare").mkdir()
    (tmp_path / "empty").mkdir()
    git(tmp_path / "bare", "init", "-q", "--bare")
    git(tmp_path / "empty", "init", "-q")
    for path, reason in (
        (tmp_path / "plain", "in no git repository"),
        (tmp_path / "nowhere", "is no folder"),
        (tmp_path / "bare", "bare"),
        (tmp_path / "empty", "no commit yet"),
        (repo.root / ".git", "not in the working tree"),
        (repo.root / "README.md", "is no folder"),
    ):
        with pytest.raises(RepositoryError, match=reason):
            Repository.discover(path)
    with pytest.raises(RepositoryError, match="not in the working tree"):
        Repository(repo.root / "tests")


def test_a_working_tree_that_is_configured_elsewhere_is_refused(repo, git, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    git(repo.root, "config", "core.worktree", str(tmp_path / "victim"))
    with pytest.raises(RepositoryError):
        Repository.discover(repo.root)


def test_dirty_is_what_differs_from_head(repo, git) -> None:
    assert not repo.is_dirty()
    (repo.root / "new file").write_bytes(b"")
    (repo.root / "folder").mkdir()
    (repo.root / "folder" / "x").write_bytes(b"")
    (repo.root / ".gitignore").write_bytes(b"*.log\n")
    (repo.root / "x.log").write_bytes(b"")
    assert not repo.is_dirty()
    assert repo.untracked_files() == [".gitignore", "folder/", "new file"]
    (repo.root / "src/app.py").write_bytes(b"x = 2\n")
    (repo.root / "README.md").unlink()
    git(repo.root, "add", "new file")
    assert repo.changed_files() == ["README.md", "new file", "src/app.py"]


def test_looking_writes_nothing(repo) -> None:
    index = repo.git_dir / "index"
    (repo.root / "README.md").write_bytes(b"# readme\n")  # newer than the index: git would like to refresh it
    before = index.read_bytes(), index.stat().st_mtime_ns
    repo.is_dirty()
    repo.untracked_files()
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before


def test_own_refs_move_only_from_where_they_are_believed_to_be(repo, git) -> None:
    first = repo.head_commit()
    second = repo.commit_changes(first, [FileChange("new", None, b"1")], message="m\n", at=0)
    repo.create_ref(REF, first)
    with pytest.raises(GitError, match="update-ref failed"):
        repo.create_ref(REF, second)
    repo.move_ref(REF, second, first)
    with pytest.raises(GitError, match="update-ref failed"):
        repo.move_ref(REF, second, first)
    assert repo.resolve(REF) == second
    with pytest.raises(GitError, match="update-ref failed"):
        repo.delete_ref(REF, first)
    repo.delete_ref(REF, second)
    assert repo.resolve(REF) is None
    assert git(repo.root, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert not (repo.common_dir / "logs" / "refs" / "heads" / "cellwall").exists()


@pytest.mark.parametrize(
    "ref", ["refs/heads/main", "HEAD", "refs/stash", "cellwall/x", "refs/heads/cellwall/../main"]
)
def test_other_refs_are_never_written(repo, ref: str) -> None:
    before = repo.head_commit()
    other = repo.commit_changes(before, [], message="m\n", at=0)
    for act in (lambda: repo.create_ref(ref, other), lambda: repo.delete_ref(ref, before)):
        with pytest.raises(GitError):
            act()
    with pytest.raises(GitError):
        repo.move_ref(ref, other, before)
    assert repo.head_commit() == before


def test_own_commits_are_known_by_trailer_and_identity(repo, git) -> None:
    base = tip = repo.head_commit()
    for number in (1, 2):
        change = FileChange(f"new {number}\n", None, b"x")
        message = message_with_trailer("Change", f"run/a01-b00{number}")
        tip = repo.commit_changes(tip, [change], message=message, at=0)
    repo.create_ref(REF, tip)
    found = commits_after(repo.git, tip, base)
    assert [(made.item, made.paths) for made in found] == [
        ("run/a01-b001", ("new 1\n",)),
        ("run/a01-b002", ("new 2\n",)),
    ]
    assert found[-1].commit == tip
    git(repo.root, "checkout", "-q", REF.removeprefix("refs/heads/"))
    git(repo.root, "commit", "-q", "--allow-empty", "-m", "Mine\n\nCellwall-Item: run/forged")
    forged = commits_after(repo.git, repo.resolve(REF), base)
    assert forged[:-1] == found
    assert not forged[-1].item
