"""A hostile repository gets no program of its configuration run by anything that a run does with git."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.migrate.batch import FileChange
from cellwall.migrate.errors import GitError, RepositoryError, StorageError
from cellwall.migrate.fingerprint import fingerprint
from cellwall.migrate.git import command
from cellwall.migrate.git.command import Git, failure
from cellwall.migrate.git.history import commits_after
from cellwall.migrate.git.repository import Repository
from cellwall.migrate.git.trailer import message_with_trailer
from cellwall.migrate.run_directory import RunDirectory
from cellwall.migrate.undo import undo
from cellwall.migrate.workspaces import WorkspaceFarm

HOOKS = (
    "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-checkout", "post-commit", "post-index-change",
    "post-merge", "post-rewrite", "pre-auto-gc", "pre-commit", "pre-push", "pre-rebase", "prepare-commit-msg",
    "proc-receive", "push-to-checkout", "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip
RUN_ID = "20250902-134501123-3fa9"


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    """Give the file to which every trap writes its name."""
    return tmp_path / "sprung"


@pytest.fixture
def trap(tmp_path: Path, sprung: Path) -> Callable[[str], str]:
    """Give a function that makes a program which tells that it was run, and passes its input on."""

    def make(name: str) -> str:
        program = tmp_path / "traps" / name.replace("/", "_").replace(" ", "_")
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\necho {name} >> {sprung}\nexec cat\n")
        program.chmod(0o755)
        return str(program)

    return make


@pytest.fixture
def hostile(make_repository, git, trap, tmp_path) -> Repository:
    """Give a repository whose configuration names a trap wherever git would run a program."""
    repo = make_repository(
        {
            "a.py": b"a = 1\n",
            "b.py": b"b = 1\n",
            ".gitattributes": b"a.py filter=evil diff=evil\nb.py filter=x=y merge=evil\n",
        }
    )
    root = repo.root
    inner = root / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "file").write_bytes(b"1")
    git(inner, "add", "file")
    git(inner, "commit", "-q", "-m", "inner")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(inner, 'rev-parse', 'HEAD')},inner")
    git(root, "commit", "-q", "-m", "with a submodule")
    git(inner, "config", "core.fsmonitor", trap("submodule fsmonitor"))
    git(inner, "config", "filter.inner.clean", trap("submodule filter"))
    (inner / ".git" / "info" / "attributes").write_text("* filter=inner\n")
    included = tmp_path / "included"
    included.write_text(f"[core]\n\tfsmonitor = {trap('included fsmonitor')}\n")
    for hook in HOOKS:
        (repo.common_dir / "hooks").mkdir(exist_ok=True)
        Path(trap(f"hooks/{hook}")).rename(repo.common_dir / "hooks" / hook)
    for name in (
        "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy",
        "core.alternateRefsCommand",
        "alias.status", "alias.ls-tree", "pager.status", "pager.ls-tree", "gpg.program", "gpg.ssh.program",
        "filter.evil.clean", "filter.evil.smudge", "filter.x=y.clean", "filter.x=y.process", "diff.external",
        "diff.evil.textconv", "diff.evil.command", "merge.evil.driver", "credential.helper",
        "sequence.editor",
        "trailer.cellwall-item.command", "interactive.diffFilter", "uploadpack.packObjectsHook",
        "hook.evil.command",
    ):  # fmt: skip
        git(root, "config", name, ("!" if name.startswith("alias.") else "") + trap(name))
    for name, value in (
        ("filter.evil.required", "true"), ("filter.x=y.required", "true"), ("commit.gpgSign", "true"),
        ("gc.auto", "1"), ("log.showSignature", "true"), ("hook.evil.event", "reference-transaction"),
        ("include.path", str(included)), ("core.untrackedCache", "true"), ("submodule.recurse", "true"),
        ("worktree.useRelativePaths", "true"), ("status.submoduleSummary", "true"),
    ):  # fmt: skip
        git(root, "config", name, value)
    for file in ("a.py", "b.py", "inner/file"):  # newer than the index: git has to look into them
        os.utime(root / file, (2e9, 2e9))
    return Repository.discover(root)


def test_the_traps_are_live(hostile: Repository, git, sprung: Path) -> None:
    git(hostile.root, "config", "--unset", "filter.x=y.process")  # speaks a protocol that no trap knows
    git(hostile.root, "-c", "core.fsmonitor=false", "status")
    git(hostile.root, "update-ref", "refs/heads/x", "HEAD")
    git(hostile.root, "status")
    told = sprung.read_text()
    assert "hooks/reference-transaction" in told
    assert "filter.evil.clean" in told
    assert "included fsmonitor" in told
    assert "submodule fsmonitor" in told
    assert "submodule filter" in told


def test_no_program_of_the_repository_is_run(hostile: Repository, sprung: Path, tmp_path: Path) -> None:
    repo, base = hostile, hostile.head_commit()
    before = fingerprint(repo)
    entries = [entry for entry in repo.tracked_files(base) if entry.mode == "100644"]
    assert len(list(repo.read_blobs(entries))) == 3
    assert not repo.is_dirty()
    repo.untracked_files()
    run = RunDirectory.create(repo, RUN_ID, base=base, temp_root=tmp_path)
    farm = WorkspaceFarm(repo, run)
    workspace = farm.add("one", base)
    change = FileChange("a.py", b"a = 1\n", b"a = 2\n")
    farm.apply("one", [change])
    (workspace / "new.py").write_bytes(b"new\n")
    assert farm.changes_in("one", base) == (change, FileChange("new.py", None, b"new\n"))
    message = message_with_trailer("Change", f"{RUN_ID}/a01-b001")
    commit = repo.commit_changes(base, [change], message=message, at=0)
    repo.create_ref(run.ref, base)
    repo.move_ref(run.ref, commit, base)
    assert [made.item for made in commits_after(repo.git, commit, base)] == [f"{RUN_ID}/a01-b001"]
    farm.reset("one", commit)
    assert fingerprint(repo) == before
    farm.recover()
    assert undo(repo, RUN_ID, pid=1, host="here", at=0.0)
    assert fingerprint(repo) == before
    assert not sprung.exists(), sprung.read_text()


def test_a_missing_object_is_never_fetched(make_repository, git, trap, sprung: Path) -> None:
    repo = make_repository({"a.py": b"a = 1\n"})
    (entry,) = repo.tracked_files(repo.head_commit())
    (repo.common_dir / "objects" / entry.blob[:2] / entry.blob[2:]).unlink()
    git(repo.root, "config", "core.repositoryFormatVersion", "1")
    git(repo.root, "config", "extensions.partialClone", "origin")
    git(repo.root, "config", "remote.origin.promisor", "true")
    for url in (f"ext::{trap('ext')} %S", "ssh://nowhere.invalid/x", str(repo.root)):
        git(repo.root, "config", "remote.origin.url", url)
        git(repo.root, "config", "remote.origin.uploadpack", trap("uploadpack"))
        git(repo.root, "config", "core.sshCommand", trap("ssh"))
        git(repo.root, "config", "protocol.allow", "always")
        with pytest.raises(GitError, match=r"lacks the content of a\.py"):
            list(repo.read_blobs([entry]))
    assert not sprung.exists(), sprung.read_text()


def test_the_callers_git_variables_are_not_passed_on(repo: Repository, monkeypatch, tmp_path: Path) -> None:
    for name in (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_EXEC_PATH",
        "GIT_TRACE",
    ):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=true'")
    again = Repository.discover(repo.root / "tests")
    assert (again.root, again.head_commit()) == (repo.root, repo.head_commit())
    assert not (tmp_path / "elsewhere").exists()


def test_the_users_own_configuration_is_not_read(
    repo: Repository, monkeypatch, tmp_path: Path, trap, sprung
) -> None:
    (tmp_path / ".gitconfig").write_text(f"[core]\n\tfsmonitor = {trap('home fsmonitor')}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not repo.is_dirty()
    assert not sprung.exists()


def test_who_may_own_repositories_stays_the_users_decision(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[safe]\n\tdirectory = /srv/one\n\tdirectory = *\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    command.trusted_folders.cache_clear()
    folders = command.trusted_folders()
    command.trusted_folders.cache_clear()
    assert folders[-2:] == (("safe.directory", "/srv/one"), ("safe.directory", "*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a folder to somebody else needs root")
def test_a_repository_of_somebody_else_is_refused(repo: Repository, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    command.trusted_folders.cache_clear()
    for path in (repo.root, repo.git_dir):
        os.chown(path, 12345, 12345)
    with pytest.raises(RepositoryError, match="dubious ownership"):
        Repository.discover(repo.root)
    command.trusted_folders.cache_clear()


def test_what_git_said_is_told(repo: Repository) -> None:
    with pytest.raises(GitError, match="git cat-file failed: fatal: Not a valid object name nothing"):
        repo.git.run("cat-file", "blob", "nothing")
    with pytest.raises(GitError, match="cannot start git in"):
        Git(repo.root / "nowhere").run("version")


def test_a_disk_that_fails_is_not_gits_fault() -> None:
    error = failure(["write-tree"], 128, b"error: unable to write file x\nfatal: No space left on device")
    assert isinstance(error, StorageError)
    assert "free some space" in str(error)
    assert isinstance(failure(["write-tree"], 1, b""), GitError)


def test_a_missing_git_is_told(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    command.program.cache_clear()
    with pytest.raises(RepositoryError, match="git is not installed"):
        Git(tmp_path).run("version")
    command.program.cache_clear()


def test_inherited_descriptors_stay_open_in_git(repo: Repository, tmp_path: Path) -> None:
    with (tmp_path / "held").open("w") as held:
        git = Git(repo.root, repo.git_dir, (held.fileno(),))
        listed = git.run("-c", "alias.fds=!ls -l /proc/self/fd", "fds").decode()
    assert str(tmp_path / "held") in listed
