"""The files of one workspace: hostile lists of files write nothing outside, and no clock hides a change."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate import workspace_files
from cellwall.migrate.git.objects import TreeEntry
from cellwall.migrate.workspace_files import WorkspaceFiles


def blobs(entries: Iterable[TreeEntry]) -> Iterator[bytes]:
    """Give as content what stands in the place of the blob's id."""
    return (os.fsencode(entry.blob) for entry in entries)


def content_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "up" / "root").mkdir(parents=True)
    return tmp_path / "up" / "root"


def test_paths_outside_are_left_out_and_told(root: Path) -> None:
    bad = ("../x", "..", "/x", ".git", ".GIT/config", "a/../../x", "")
    files = WorkspaceFiles(root)
    files.bring_to([TreeEntry("100644", "evil", path) for path in (*bad, "good")], blobs)
    assert content_of(root.parent.parent) == {"up/root/good": b"evil"}
    assert files.left_out == tuple(sorted(bad))


def test_a_link_and_a_file_below_it_write_nothing_outside(root: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    entries = [TreeEntry("120000", str(tmp_path / "victim"), "a"), TreeEntry("100644", "pwned", "a/file")]
    WorkspaceFiles(root).bring_to(entries, blobs)
    assert list((tmp_path / "victim").iterdir()) == []


def test_gits_own_file_stays(root: Path) -> None:
    (root / ".git").write_bytes(b"gitdir: /x\n")
    WorkspaceFiles(root).bring_to([], blobs)
    assert content_of(root) == {".git": b"gitdir: /x\n"}


def test_it_waits_until_the_clock_has_moved_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that counts in coarse steps gives a file the time of the end of its step."""
    ahead = time.time_ns() + 50_000_000
    monkeypatch.setattr(workspace_files, "_state", lambda _: (0, 0, 0, ahead, 0))
    WorkspaceFiles(root).bring_to([TreeEntry("100644", "x", "x")], blobs)
    assert root.stat().st_ctime_ns > ahead


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
LISTS = st.dictionaries(PATHS, st.sampled_from(["1", "22"]), max_size=6).map(
    lambda files: {p: c for p, c in files.items() if not any(q.startswith(f"{p}/") for q in files)}
)


@given(steps=st.lists(LISTS | st.tuples(PATHS, st.sampled_from(["file", "folder", "link"])), max_size=6))
@settings(max_examples=40, deadline=None)
def test_after_any_vandalism_it_holds_exactly_the_list(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, str] | tuple[str, str]]
) -> None:
    root = tmp_path_factory.mktemp("root")
    files = WorkspaceFiles(root)
    for step in [*steps, {"a/b": "1", "c": "22"}]:
        if isinstance(step, tuple):
            vandalise(root / step[0], step[1])
            continue
        files.bring_to([TreeEntry("100644", content, path) for path, content in step.items()], blobs)
        assert content_of(root) == {path: content.encode() for path, content in step.items()}
        assert not any(path.is_symlink() for path in root.rglob("*"))
        assert all(any(folder.iterdir()) for folder in root.rglob("*") if folder.is_dir())


def vandalise(path: Path, how: str) -> None:
    """Put something in the place of a path, if its parents allow it."""
    if not path.parent.is_dir() or path.is_dir():
        return
    path.unlink(missing_ok=True)
    if how == "file":
        path.write_bytes(b"vandal")
    elif how == "folder":
        path.mkdir()
    else:
        path.symlink_to(path.parent)
