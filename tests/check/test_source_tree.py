"""Source trees give Python files and never leave their root; both kinds keep the same contract."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cellwall.check.source_tree import DirectorySourceTree, MappingSourceTree, SourceTree

FILES = {"a.py": b"1\n", "pkg/b.py": b"\xef\xbb\xbf2\r\n", "pkg/deep/c.py": b"", "pkg/notes.txt": b"no"}


def directory(tmp_path: Path) -> SourceTree:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return DirectorySourceTree(tmp_path)


def mapping(tmp_path: Path) -> SourceTree:
    return MappingSourceTree(FILES)


@pytest.mark.parametrize("make", [directory, mapping])
def test_conformance(make: Callable[[Path], SourceTree], tmp_path: Path) -> None:
    tree = make(tmp_path)
    assert list(tree.paths()) == ["a.py", "pkg/b.py", "pkg/deep/c.py"]
    assert tree.read("pkg/b.py") == b"\xef\xbb\xbf2\r\n"
    for missing in ("none.py", "pkg/none/x.py", "../a.py", "/etc/passwd", "", "pkg//b.py", "pkg/./b.py"):
        with pytest.raises(OSError):
            tree.read(missing)


def test_folders_of_tools_are_skipped(tmp_path: Path) -> None:
    for folder in (".git", ".venv", "node_modules", "__pycache__", "src/__pycache__"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.py").write_bytes(b"")
    (tmp_path / "src" / "x.py").write_bytes(b"")
    assert list(DirectorySourceTree(tmp_path).paths()) == ["src/x.py"]


def test_a_virtual_environment_is_skipped_whatever_its_name(tmp_path: Path) -> None:
    for path in ("env311/x.py", "env311/pyvenv.cfg", "src/x.py", "pyvenv.cfg"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    assert list(DirectorySourceTree(tmp_path).paths()) == ["src/x.py"]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_bytes(b"secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "file.py").symlink_to(outside / "secret.py")
    (root / "folder").symlink_to(outside)
    tree = DirectorySourceTree(root)
    assert list(tree.paths()) == []
    for path in ("file.py", "folder/secret.py"):
        with pytest.raises(OSError):
            tree.read(path)


def test_a_pipe_is_no_file_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    tree = DirectorySourceTree(tmp_path)
    assert list(tree.paths()) == []
    with pytest.raises(OSError):
        tree.read("pipe.py")


def test_a_root_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(DirectorySourceTree(tmp_path / "none").paths()) == []


def test_what_cannot_be_looked_at_is_told_and_nothing_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "one.py").symlink_to("two.py")
    (tmp_path / "two.py").symlink_to("one.py")
    (tmp_path / ".#lock.py").symlink_to("somebody@host.1")  # an editor's
    (tmp_path / "good.py").write_bytes(b"")
    (tmp_path / "link.py").symlink_to("good.py")
    (tmp_path / "up").symlink_to("..")
    tree = DirectorySourceTree(tmp_path)
    assert list(tree.paths()) == ["good.py"]
    assert dict(tree.obstacles()) == {
        "one.py": "cannot be read: a link that leads in circles",
        "pipe.py": "cannot be read: not a regular file",
        "two.py": "cannot be read: a link that leads in circles",
    }
    for path, why in (("pipe.py", "not a regular file"), ("link.py", "a link, which is not followed")):
        with pytest.raises(OSError, match=why):
            tree.read(path)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def scandir(folder: str) -> object:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert dict(DirectorySourceTree(tmp_path).obstacles()) == {
        "closed/": "cannot be listed: Permission denied"
    }
