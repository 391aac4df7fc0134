"""Commits are made of file changes alone: reproducible, modes kept, the user's tree untouched."""

import pytest

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import PatchError, StorageError
from cellwall.migrate.fingerprint import fingerprint

A, B = "tests/test_a.py", "tests/test_b.py"


def commit(repo, *changes: FileChange) -> str:
    return repo.commit_changes(repo.head_commit(), changes, message="Change\n", at=1_756_820_701)


def files_of(repo, commit_id: str) -> dict[str, tuple[str, bytes]]:
    entries = repo.tracked_files(commit_id)
    return {e.path: (e.mode, c) for e, c in zip(entries, repo.read_blobs(entries), strict=True)}


def test_changed_new_and_deleted_files(repo, git) -> None:
    (repo.root / "run.sh").write_bytes(b"old\n")
    (repo.root / "run.sh").chmod(0o755)
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "script")
    before, prints = files_of(repo, repo.head_commit()), fingerprint(repo)
    made = commit(
        repo,
        FileChange("run.sh", b"old\n", b"new\r\n\xff"),
        FileChange("src/app.py", b"x = 1\n", None),
        FileChange('new/deep/ü "\n\t.py', None, b""),
    )
    expected = {path: value for path, value in before.items() if path != "src/app.py"}
    expected |= {"run.sh": ("100755", b"new\r\n\xff"), 'new/deep/ü "\n\t.py': ("100644", b"")}
    assert files_of(repo, made) == expected
    assert fingerprint(repo) == prints
    assert not (repo.common_dir / "cellwall" / "scratch").exists()


def test_the_same_input_gives_the_same_commit(repo) -> None:
    change = FileChange("README.md", b"# readme\n", b"# other\n")
    assert commit(repo, change) == commit(repo, change)
    raw = repo.git.run("cat-file", "commit", commit(repo, change)).decode()
    assert "author Cellwall <cellwall@cellwall.invalid> 1756820701 +0000\n" in raw
    assert "committer Cellwall <cellwall@cellwall.invalid> 1756820701 +0000\n" in raw
    assert raw.endswith("\n\nChange\n")


def test_attributes_change_no_byte(make_repository) -> None:
    repo = make_repository({".gitattributes": b"* text eol=lf ident\n", "a.py": b"a\n"})
    made = commit(repo, FileChange("a.py", b"a\n", b"a\r\n# $Id$\r\n"))
    assert files_of(repo, made)["a.py"] == ("100644", b"a\r\n# $Id$\r\n")


def test_deleted_to_make_room(repo) -> None:
    made = commit(repo, FileChange("README.md", b"# readme\n", None), FileChange("README.md/x", None, b"x"))
    assert "README.md/x" in files_of(repo, made)
    folder = [FileChange(A, b"def test_a():\n    assert True\n", None)]
    folder += [
        FileChange(B, b"def test_b():\r\n    assert True\r\n", None),
        FileChange("tests", None, b"file"),
    ]
    assert files_of(repo, commit(repo, *folder))["tests"] == ("100644", b"file")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([FileChange("../x", None, b"")], "refused"),
        ([FileChange("/x", None, b"")], "refused"),
        ([FileChange("a/.GIT/config", None, b"")], "refused"),
        ([FileChange("README.md", b"other", b"x")], "not in .* what the patch was made from"),
        ([FileChange("README.md", None, b"x")], "not in .* what the patch was made from"),
        ([FileChange("none.py", b"", b"x")], "not in .* what the patch was made from"),
        ([FileChange("none.py", b"", None)], "not in .* what the patch was made from"),
        ([FileChange("x", None, b"1"), FileChange("x", None, b"2")], "twice"),
        ([FileChange("README.md/x", None, b"x")], "in the way"),
        ([FileChange("tests", None, b"x")], "in the way"),
        ([FileChange("n", None, b"x"), FileChange("n/m", None, b"x")], "in the way"),
        ([FileChange("link", b"src", b"x")], "symlink"),
        ([FileChange("link/x", None, b"x")], "in the way"),
    ],
)
def test_it_is_refused(repo, git, changes: list[FileChange], reason: str) -> None:
    (repo.root / "link").symlink_to("src")
    git(repo.root, "add", "link")
    git(repo.root, "commit", "-q", "-m", "link")
    with pytest.raises(PatchError, match=reason):
        commit(repo, *changes)
    assert not (repo.common_dir / "cellwall" / "scratch").exists()


def test_a_sha256_repository(tmp_path, git) -> None:
    from cellwall.migrate.git.repository import Repository

    git(tmp_path, "init", "-q", "--object-format=sha256")
    (tmp_path / "a").write_bytes(b"1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "first")
    repo = Repository.discover(tmp_path)
    made = commit(repo, FileChange("a", b"1", b"2"))
    repo.create_ref("refs/heads/cellwall/x", made)
    assert files_of(repo, made)["a"] == ("100644", b"2")


@pytest.mark.needs_mount
def test_a_full_or_read_only_disk_keeps_the_repository_whole(
    disk, fill, read_only, make_repository, git
) -> None:
    with disk(2048) as folder:
        repo = make_repository({"a": b"1\n"}, folder / "repo")
        before = fingerprint(repo)
        with read_only(folder), pytest.raises(StorageError, match="Read-only file system"):
            commit(repo, FileChange("a", b"1\n", b"2\n"))
        fill(folder, spare=8192)
        with pytest.raises(StorageError, match=r"No space left on device.*free some space"):
            commit(repo, FileChange("a", b"1\n", bytes(range(256)) * 400))
        (folder / "ballast").unlink()
        assert fingerprint(repo) == before
        git(repo.root, "fsck", "--strict")
        assert files_of(repo, commit(repo, FileChange("a", b"1\n", b"2\n")))["a"][1] == b"2\n"
