"""Files are read whole and through no link, also where the folder of the last one is still open."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellwall.check.linkless_read import OpenFolder, read_without_links
from cellwall.check.source_tree import DirectorySourceTree, MappingSourceTree, read_in_order


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree beside a folder with a secret."""
    for path, text in (("root/a/b/one.py", "1"), ("root/a/b/two.py", "2"), ("root/a/top.py", "3")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "outside" / "b").mkdir(parents=True)
    for folder in ("outside", "outside/b"):
        (tmp_path / folder / "two.py").write_text("secret")
    return tmp_path / "root"


@pytest.fixture
def folder(root: Path) -> Iterator[OpenFolder]:
    made = OpenFolder(str(root))
    yield made
    made.close()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("swapped", ["a/b", "a"])
def test_a_link_in_place_of_an_open_folder_leads_nowhere(
    root: Path, folder: OpenFolder, swapped: str
) -> None:
    assert folder.read("a/b/one.py") == b"1"
    (root / swapped).rename(root.parent / "moved")
    (root / swapped).symlink_to(root.parent / ("outside" if swapped == "a" else "outside/b"))
    assert folder.read("a/b/two.py") == b"2"  # of the folder that was opened
    folder.close()
    with pytest.raises(OSError):
        folder.read("a/b/two.py")
    with pytest.raises(OSError):
        read_without_links(str(root), "a/b/two.py")


@pytest.mark.parametrize("first", [(), ("a/b/one.py",)])
def test_no_link_is_read_in_an_open_folder(root: Path, folder: OpenFolder, first: tuple[str, ...]) -> None:
    for path in first:
        folder.read(path)
    (root / "a/b/two.py").unlink()
    (root / "a/b/two.py").symlink_to(root / "a/b/one.py")
    (root / "a/b/deep").symlink_to(root.parent / "outside")
    for path in ("a/b/two.py", "a/b/deep/two.py"):
        with pytest.raises(OSError, match=r"a link, which is not followed|Not a directory"):
            folder.read(path)
    assert folder.read("a/b/one.py") == b"1"


def test_a_folder_that_cannot_be_opened_does_not_stand_for_the_next(root: Path, folder: OpenFolder) -> None:
    for path in ("a/b/one.py", "none/one.py", "a/none/one.py"):
        if "none" in path:
            with pytest.raises(OSError):
                folder.read(path)
        else:
            folder.read(path)
    assert folder.read("a/top.py") == b"3"


def test_nothing_but_regular_files_is_read_and_nothing_waits(root: Path, folder: OpenFolder) -> None:
    os.mkfifo(root / "a/b/pipe.py")
    for path in ("a/b/pipe.py", "a/b"):
        with pytest.raises(OSError):
            folder.read(path)


def test_files_of_one_folder_share_the_way_to_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    real = os.open

    def spy(path: str, flags: int, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return real(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", spy)
    tree = DirectorySourceTree(root)
    with read_in_order(tree):
        assert [tree.read(path) for path in tree.paths()] == [b"1", b"2", b"3"]
    assert opened == [str(root), "a", "b", "one.py", "two.py", str(root), "a", "top.py"]


def test_no_descriptor_stays_open(root: Path) -> None:
    tree, before = DirectorySourceTree(root), descriptors()
    with pytest.raises(ZeroDivisionError), read_in_order(tree):
        with read_in_order(tree):
            tree.read("a/b/one.py")
        tree.read("a/b/two.py")
        for wrong in ("a/b/none.py", "a/none/x.py"):
            with pytest.raises(OSError):
                tree.read(wrong)
        _ = 1 / 0
    assert descriptors() == before
    tree.read("a/top.py")
    assert descriptors() == before


def test_after_the_block_a_folder_is_opened_anew(root: Path) -> None:
    tree = DirectorySourceTree(root)
    with read_in_order(tree):
        tree.read("a/b/one.py")
    (root / "a/b").rename(root / "old")
    (root / "a/b").mkdir()
    (root / "a/b/one.py").write_text("new")
    assert tree.read("a/b/one.py") == b"new"


def test_a_tree_in_memory_has_no_folders() -> None:
    tree = MappingSourceTree({"a/b.py": b"1"})
    with read_in_order(tree):
        assert tree.read("a/b.py") == b"1"


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, 200_001])
def test_a_file_is_read_whole_though_its_size_is_told_wrongly(
    root: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    content = os.urandom(size)
    (root / "a/grown.py").write_bytes(content)
    real = os.fstat

    def before(descriptor: int) -> os.stat_result:
        values = list(real(descriptor))
        values[6] = min(values[6], 1)  # st_size, before it grew
        return os.stat_result(values)

    assert read_without_links(str(root), "a/grown.py") == content
    monkeypatch.setattr(os, "fstat", before)
    assert read_without_links(str(root), "a/grown.py") == content
