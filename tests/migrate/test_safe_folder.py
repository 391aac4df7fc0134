"""Below its root a safe folder writes and reads, and never through a symlink."""

import contextlib
import os
from pathlib import Path

import pytest

from cellwall.migrate import safe_folder
from cellwall.migrate.errors import PatchError
from cellwall.migrate.safe_folder import SafeFolder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "file").write_bytes(b"precious")
    return tmp_path / "victim"


def test_it_writes_reads_and_lists(root: Path) -> None:
    with SafeFolder(root) as folder:
        state = folder.write("a/b/c", b"1" * 300_000)
        folder.write("a/x", b"2", executable=True)
        folder.write("z", b"")
        folder.link("a/link", b"../z")
        folder.make_folder("empty/one")
        assert state.st_size == 300_000
        assert folder.read("a/b/c") == b"1" * 300_000
        assert [name for name, _ in folder.entries()] == ["a", "empty", "z"]
        assert [name for name, _ in folder.entries("a")] == ["b", "link", "x"]
        assert folder.read_link("a/link") == b"../z"
        assert folder.state("none/x") is None
        assert folder.state("z/x") is None
        folder.remove("a")
        folder.remove("a/b")
        folder.remove("z/none")
    assert sorted(path.name for path in root.iterdir()) == ["empty", "z"]
    assert (root / "empty" / "one").is_dir()


def test_modes_follow_the_umask(root: Path) -> None:
    before = os.umask(0o027)
    try:
        with SafeFolder(root) as folder:
            folder.write("plain", b"")
            folder.write("program", b"", executable=True)
    finally:
        os.umask(before)
    assert (root / "plain").stat().st_mode & 0o777 == 0o640
    assert (root / "program").stat().st_mode & 0o777 == 0o750


def test_symlinks_in_the_way_are_removed_and_not_followed(root: Path, victim: Path) -> None:
    (root / "folder").symlink_to(victim)
    (root / "file").symlink_to(victim / "file")
    with SafeFolder(root) as folder:
        folder.write("folder/file", b"mine")
        folder.write("file", b"mine")
    assert (root / "folder" / "file").read_bytes() == b"mine"
    assert not (root / "folder").is_symlink()
    assert not (root / "file").is_symlink()
    assert (victim / "file").read_bytes() == b"precious"


def test_hard_links_are_broken_and_not_written_through(root: Path, victim: Path) -> None:
    os.link(victim / "file", root / "file")
    with SafeFolder(root) as folder:
        folder.write("file", b"mine")
    assert (victim / "file").read_bytes() == b"precious"


def test_nothing_is_read_or_removed_through_a_symlink(root: Path, victim: Path) -> None:
    (root / "folder").symlink_to(victim)
    (root / "file").symlink_to(victim / "file")
    with SafeFolder(root) as folder:
        with pytest.raises(PatchError, match="ordinary file"):
            folder.read("file")
        with pytest.raises(NotADirectoryError):
            folder.read("folder/file")
        folder.remove("folder/file")
    assert (victim / "file").read_bytes() == b"precious"


def test_only_ordinary_files_of_a_sane_size_are_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(root / "pipe")
    (root / "folder").mkdir()
    (root / "large").write_bytes(b"12345")
    monkeypatch.setattr(safe_folder, "LARGEST", 4)
    with SafeFolder(root) as folder:
        for name in ("pipe", "folder", "large"):
            with pytest.raises(PatchError, match=name):
                folder.read(name)


def open_descriptors() -> list[int]:
    found = []
    for fd in range(256):
        with contextlib.suppress(OSError):
            os.fstat(fd)
            found.append(fd)
    return found


def test_no_descriptor_is_left_open(root: Path) -> None:
    before = open_descriptors()
    with SafeFolder(root) as folder:
        for path in ("a/b/c/d", "a/b/e", "f", "a/g"):
            folder.write(path, b"")
        with pytest.raises(FileNotFoundError):
            folder.read("a/none/x")
        for name in ("a", "none"):
            with pytest.raises((PatchError, OSError)):
                folder.read(name)
    assert open_descriptors() == before
