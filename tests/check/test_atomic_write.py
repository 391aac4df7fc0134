"""A file holds the old bytes or the new ones: full disks, read-only mounts and links included."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cellwall.check.atomic_write import WriteError, atomic_write
from cellwall.project.durable_write import replace_durably

Mount = Callable[[str], Path]


def names(folder: Path) -> list[str]:
    """What lies in a folder: a temporary file left behind would show."""
    return [path.name for path in folder.iterdir()]


def test_content_is_replaced_and_the_mode_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    path.chmod(0o750)
    atomic_write(path, b"new\r\n", before=b"old")
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert names(tmp_path) == ["x.py"]


def test_links_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "target.py"
    target.write_bytes(b"old")
    link = tmp_path / "link.py"
    link.symlink_to(target)
    folder = tmp_path / "folder.py"
    folder.mkdir()
    for path in (link, folder, tmp_path / "none.py"):
        with pytest.raises(WriteError, match=path.name):
            atomic_write(path, b"new", before=b"old")
    assert target.read_bytes() == b"old"
    assert link.is_symlink()


def test_a_failed_write_leaves_the_old_content_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match=r"No space left on device.*old content is intact"):
        atomic_write(path, b"new", before=b"old")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["x.py"]


def test_what_somebody_else_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"theirs")
    with pytest.raises(WriteError, match="changed by somebody else"):
        atomic_write(path, b"new", before=b"old")
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["x.py"]


def test_what_is_written_already_is_left_alone(tmp_path: Path) -> None:
    """Two repairs of one tree at the same time: the second one finds its work done."""
    path = tmp_path / "x.py"
    path.write_bytes(b"new")
    number = path.stat().st_ino
    atomic_write(path, b"new", before=b"old")
    assert path.stat().st_ino == number


def test_two_repairs_at_the_same_moment_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")

    def overtaken(target: Path, content: bytes, *, suffix: str, prepare: Callable[[int], None]) -> None:
        path.write_bytes(b"new")
        replace_durably(target, content, suffix=suffix, prepare=prepare)

    monkeypatch.setattr("cellwall.check.atomic_write.replace_durably", overtaken)
    atomic_write(path, b"new", before=b"old")
    assert path.read_bytes() == b"new"


def test_another_name_of_the_file_keeps_the_old_content(tmp_path: Path) -> None:
    path, other = tmp_path / "x.py", tmp_path / "y.py"
    path.write_bytes(b"old")
    other.hardlink_to(path)
    atomic_write(path, b"new", before=b"old")
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"old")


def test_a_long_name_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / ("\u6e2c" * 82 + ".py")
    path.write_bytes(b"old")
    atomic_write(path, b"new", before=b"old")
    assert path.read_bytes() == b"new"


def test_owner_and_attributes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    if os.geteuid() == 0:
        os.chown(path, 1234, 1234)
    path.chmod(0o4711)
    attributes: list[str] = []
    try:
        os.setxattr(path, "user.note", b"theirs")
        attributes = ["user.note"]
    except OSError:
        pass  # this file system has none
    before = path.stat()
    atomic_write(path, b"new", before=b"old")
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert [name for name in os.listxattr(path) if name.startswith("user.")] == attributes


def test_rights_of_the_former_owner_are_not_lent_by_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to have a file of somebody else")
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    os.chown(path, 1234, 1234)
    path.chmod(0o6755)

    def refuse(*_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    atomic_write(path, b"new", before=b"old")
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_nobody_else_reads_a_private_file_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    path.chmod(0o600)
    modes: list[int] = []
    real = os.open

    def opened(name: object, flags: int, *rest: int, **more: int) -> int:
        descriptor = real(name, flags, *rest, **more)  # type: ignore[arg-type]
        if flags & os.O_CREAT:
            modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    monkeypatch.setattr(os, "open", opened)
    atomic_write(path, b"new", before=b"old")
    assert modes == [0o600]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount a small file system: `mount("size=64k")`; skipped loudly where that is not allowed."""
    place = tmp_path / "mounted"
    place.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root and mount(8) for a small tmpfs")

    def make(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"mounting a tmpfs is not allowed here: {done.stderr.strip()}")
        return place

    yield make
    subprocess.run(["umount", str(place)], capture_output=True, check=False)


@pytest.mark.needs_mount
def test_a_full_disk(mount: Mount) -> None:
    place = mount("size=64k")
    path = place / "x.py"
    path.write_bytes(b"old" * 1000)
    with pytest.raises(WriteError, match="No space left"):
        atomic_write(path, b"n" * 200_000, before=b"old" * 1000)
    assert path.read_bytes() == b"old" * 1000
    assert names(place) == ["x.py"]


@pytest.mark.needs_mount
def test_a_read_only_mount(mount: Mount) -> None:
    place = mount("size=64k")
    path = place / "x.py"
    path.write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    with pytest.raises(WriteError, match=r"(?i)read-only"):
        atomic_write(path, b"new", before=b"old")
    assert path.read_bytes() == b"old"
    assert names(place) == ["x.py"]
