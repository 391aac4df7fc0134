"""The entry points as files: written where nothing is, and the same in this repository."""

import ast
from pathlib import Path

import pytest

from cellwall.migrate.entry_points import ENTRY_POINTS, Writing, plan_writings, write_entry_point
from cellwall.migrate.errors import RepositoryError

HERE = Path(__file__).resolve().parents[2]


def write_all(root: Path) -> list[Writing]:
    writings = plan_writings(root)
    for writing in writings:
        if writing.path:
            write_entry_point(root, writing)
    return writings


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_this_repository_carries_the_same_files(name: str) -> None:
    assert (HERE / name).read_text() == ENTRY_POINTS[name]


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_each_is_a_few_lines_that_parse(name: str) -> None:
    ast.parse(ENTRY_POINTS[name])
    assert ENTRY_POINTS[name].count("\n") < 12


def test_five_files_in_an_empty_repository(tmp_path: Path) -> None:
    writings = write_all(tmp_path)
    assert [writing.path for writing in writings] == list(ENTRY_POINTS)
    for name, text in ENTRY_POINTS.items():
        assert (tmp_path / name).read_text() == text
    assert sorted(path.name for path in (tmp_path / "scripts").iterdir()) == sorted(
        Path(name).name for name in ENTRY_POINTS if name.startswith("scripts/")
    )


def test_a_second_time_nothing_is_left_to_do(tmp_path: Path) -> None:
    write_all(tmp_path)
    again = plan_writings(tmp_path)
    assert [writing.path for writing in again] == [""] * 5
    assert all("there already" in writing.note for writing in again)


def unread(path: Path) -> tuple[int, ...]:
    """What only a write changes; a mere look may change the time of access."""
    state = path.lstat()
    return (state.st_mode, state.st_ino, state.st_size, state.st_mtime_ns)


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing", "empty"])
def test_a_name_that_is_taken_stays_as_it_is(tmp_path: Path, kind: str) -> None:
    taken = tmp_path / "scripts" / "security_audit.py"
    taken.parent.mkdir()
    if kind == "folder":
        taken.mkdir()
    elif kind == "link to nothing":
        taken.symlink_to(tmp_path / "gone")
    else:
        taken.write_text("mine" if kind == "file" else "")
    before = unread(taken)
    (writing,) = [each for each in write_all(tmp_path) if each.name == "scripts/security_audit.py"]
    assert writing.path == "scripts/cellwall_security_audit.py"
    assert "is taken" in writing.note
    assert unread(taken) == before
    assert (tmp_path / writing.path).read_text() == ENTRY_POINTS[writing.name]
    assert "cellwall_security_audit.py is there already" in plan_writings(tmp_path)[3].note


def test_both_names_taken(tmp_path: Path) -> None:
    for name in ("security_audit.py", "cellwall_security_audit.py"):
        (tmp_path / "scripts").mkdir(exist_ok=True)
        (tmp_path / "scripts" / name).write_text("mine")
    writing = plan_writings(tmp_path)[3]
    assert (writing.path, "both taken" in writing.note) == ("", True)


def test_what_comes_into_being_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    writing = plan_writings(tmp_path)[0]
    target = tmp_path / writing.path
    target.parent.mkdir()
    target.write_text("mine")
    with pytest.raises(RepositoryError, match="just now"):
        write_entry_point(tmp_path, writing)
    assert target.read_text() == "mine"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_folder_that_leads_out_of_the_repository(tmp_path: Path) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "scripts").symlink_to(outside)
    with pytest.raises(RepositoryError, match="leads out of the repository"):
        write_all(root)
    assert list(outside.iterdir()) == []
