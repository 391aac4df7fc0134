"""What a run leaves in its workspace."""

import os
from pathlib import Path

from cellwall.testing.leaky_doubles.traces import listing, remove, traces


def test_added_and_spoiled(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/kept.py").write_text("1")
    (tmp_path / "a/changed.py").write_text("1")
    (tmp_path / "a/gone.py").write_text("1")
    start = listing(tmp_path)
    assert traces(start, listing(tmp_path)).spoiled == ()
    status = (tmp_path / "a/changed.py").stat()
    (tmp_path / "a/changed.py").write_text("2")
    os.utime(tmp_path / "a/changed.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    (tmp_path / "a/gone.py").unlink()
    (tmp_path / "a/new/deep").mkdir(parents=True)
    (tmp_path / "a/new/deep/file").write_text("x")
    left = traces(start, listing(tmp_path))
    assert left.added == ("a/new", "a/new/deep", "a/new/deep/file")
    assert left.spoiled == ("a/changed.py", "a/gone.py")
    remove(tmp_path, left.added)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["changed.py", "kept.py"]


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("x")
    start = listing(tmp_path / "work")
    (tmp_path / "work/link").symlink_to(tmp_path / "outside")
    left = traces(start, listing(tmp_path / "work"))
    assert left.added == ("link",)
    remove(tmp_path / "work", left.added)
    assert (tmp_path / "outside/file").exists()
    assert not (tmp_path / "work/link").is_symlink()
