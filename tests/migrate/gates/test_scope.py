"""The scope gate: the disk, the patch and the batch say the same."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.scope import ScopeGate

BEFORE = {"tests/test_a.py": "a\n", "tests/test_b.py": "b\n", "app/code.py": "c\n"}
AFTER = {**BEFORE, "tests/test_a.py": "A\n"}


@pytest.fixture
def subject(make_subject: Callable[..., Subject]) -> Subject:
    """A patch of one file."""
    return make_subject(BEFORE, AFTER)


def refused(subject: Subject, words: str) -> None:
    verdict = ScopeGate().judge(subject)
    assert not verdict.passed
    assert words in verdict.evidence, verdict.evidence


def test_a_patch_of_its_own_file_passes(subject: Subject) -> None:
    assert ScopeGate().judge(subject).evidence == "1 file differs, all inside the batch"


def test_a_new_and_a_deleted_file_inside_the_batch_pass_this_gate(
    make_subject: Callable[..., Subject],
) -> None:
    assert ScopeGate().judge(make_subject({"a/x.py": "1"}, {"b/y.py": "2"})).passed


def test_a_path_outside_the_batch_is_refused(subject: Subject) -> None:
    refused(replace(subject, allowed=frozenset({"tests/test_b.py"})), "tests/test_a.py: is outside the batch")


@pytest.mark.parametrize(
    "path", ["../a.py", "/etc/a.py", "a/../../b.py", ".git/hooks/x", "a/.GIT/x", "a//b", "a\\b", "a\nb", ""]
)
def test_a_path_that_is_none_is_refused(subject: Subject, path: str) -> None:
    change = FileChange(path, None, b"x")
    patch = replace(subject.patch, changes=(*subject.patch.changes, change))
    refused(replace(subject, patch=patch, allowed=subject.allowed | {path}), "is no plain path")


def test_a_path_twice_in_the_patch_is_refused(subject: Subject) -> None:
    patch = replace(subject.patch, changes=subject.patch.changes * 2)
    refused(replace(subject, patch=patch), "stands 2 times")


def test_bytes_other_than_the_patch_says_are_refused(subject: Subject) -> None:
    (subject.patched_dir / "tests/test_a.py").write_text("B\n")
    refused(subject, "its bytes after differ")


def test_a_base_other_than_the_patch_says_is_refused(subject: Subject) -> None:
    (subject.base_dir / "tests/test_a.py").write_text("z\n")
    refused(subject, "its bytes before differ")


def test_a_patch_that_was_not_applied_is_refused(subject: Subject) -> None:
    (subject.patched_dir / "tests/test_a.py").write_text("a\n")
    refused(subject, "says the patch, and the disk does not")


def write(root: Path) -> None:
    (root / "app/code.py").write_text("d\n")


def write_same_size_and_time(root: Path) -> None:
    status = (root / "app/code.py").stat()
    (root / "app/code.py").write_text("d\n")
    os.utime(root / "app/code.py", ns=(status.st_atime_ns, status.st_mtime_ns))


def add(root: Path) -> None:
    (root / "new").mkdir()
    (root / "new/file.py").write_text("")


def add_empty_folder(root: Path) -> None:
    (root / "empty").mkdir()


def delete(root: Path) -> None:
    (root / "tests/test_b.py").unlink()


def make_executable(root: Path) -> None:
    (root / "app/code.py").chmod(0o755)


def open_a_folder(root: Path) -> None:
    (root / "app").chmod(0o777)


def link_away(root: Path) -> None:
    (root / "app/code.py").unlink()
    (root / "app/code.py").symlink_to("/etc/hostname")


def link_a_folder_away(root: Path) -> None:
    outside = root.parent / "outside"
    (root / "app").rename(outside)
    (root / "app").symlink_to(outside)


def add_link(root: Path) -> None:
    (root / "link").symlink_to("app")


def add_loop(root: Path) -> None:
    (root / "loop").symlink_to(".")


def add_fifo(root: Path) -> None:
    os.mkfifo(root / "pipe")


def plant_bytecode(root: Path) -> None:
    (root / "app/__pycache__").mkdir()
    (root / "app/__pycache__/code.cpython-311.pyc").write_bytes(b"x")


def write_inside_git(root: Path) -> None:
    (root / "app/.git").mkdir()
    (root / "app/.git/config").write_text("x")


@pytest.mark.parametrize(
    "harm",
    [
        write, write_same_size_and_time, add, add_empty_folder, delete, make_executable, open_a_folder,
        link_away, link_a_folder_away, add_link, add_loop, add_fifo, plant_bytecode, write_inside_git,
    ],
)  # fmt: skip
def test_what_is_done_beside_the_patch_is_refused(subject: Subject, harm: Callable[[Path], None]) -> None:
    harm(subject.patched_dir)
    refused(subject, "on disk")


def test_a_link_in_the_place_of_the_changed_file_is_refused(subject: Subject) -> None:
    file = subject.patched_dir / "tests/test_a.py"
    outside = subject.patched_dir.parent / "outside.py"
    file.rename(outside)
    file.symlink_to(outside)
    refused(subject, "type on disk")


def test_an_executable_new_file_is_refused(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject({}, {"tests/test_a.py": "x"})
    (subject.patched_dir / "tests/test_a.py").chmod(0o755)
    refused(subject, "not executable")


def test_traces_of_tests_in_the_base_are_no_difference(subject: Subject) -> None:
    (subject.base_dir / "tests/__pycache__").mkdir()
    (subject.base_dir / "tests/__pycache__/x.pyc").write_bytes(b"x")
    assert ScopeGate().judge(subject).passed


def test_the_worktree_links_of_git_are_no_difference(subject: Subject) -> None:
    (subject.base_dir / ".git").write_text("gitdir: one")
    (subject.patched_dir / ".git").write_text("gitdir: two")
    assert ScopeGate().judge(subject).passed


def test_evidence_stays_short(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject({}, {f"tests/test_{number}.py": "x" for number in range(100)})
    verdict = ScopeGate().judge(replace(subject, allowed=frozenset()))
    assert verdict.evidence.splitlines()[-1] == "and 188 more"
