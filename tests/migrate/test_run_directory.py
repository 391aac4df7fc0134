"""Runs are found by ids that sort by time; folders of a hostile repository are not believed."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.migrate.errors import RepositoryError, RunUsageError, StorageError
from cellwall.migrate.run_directory import RunDirectory, latest_run, list_runs, lock_path, new_run_id

RUN_ID = "20250902-134501123-3fa9"


@given(st.lists(st.integers(0, 4_000_000_000_000), min_size=2), st.binary(min_size=2, max_size=2))
def test_ids_sort_by_time(milliseconds: list[int], randomness: bytes) -> None:
    ids = [new_run_id(moment / 1000 + 0.0002, randomness) for moment in sorted(set(milliseconds))]
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"\d{8}-\d{9}-[0-9a-f]{4}", run_id) for run_id in ids)


def test_an_id_is_made_of_time_and_randomness() -> None:
    assert new_run_id(1_756_820_701.123, b"\x3f\xa9") == RUN_ID
    assert new_run_id(1_756_820_701.123, b"\x3f\xaa") != RUN_ID


def test_it_is_made_and_found_again(repo, tmp_path: Path) -> None:
    assert (latest_run(repo), list_runs(repo)) == (None, [])
    base = repo.head_commit()
    first = RunDirectory.create(repo, RUN_ID, base=base, temp_root=tmp_path)
    later = RunDirectory.create(repo, "20250903-000000000-0000", base=base, temp_root=tmp_path)
    assert RunDirectory.open(repo, RUN_ID) == first
    assert first.path == repo.common_dir / "cellwall" / "runs" / RUN_ID
    assert first.workspaces == tmp_path / f"cellwall-{RUN_ID}"
    assert first.patches.is_dir()
    assert (first.branch, first.ref) == (f"cellwall/{RUN_ID}", f"refs/heads/cellwall/{RUN_ID}")
    assert list_runs(repo) == [RUN_ID, later.run_id]
    assert latest_run(repo) == later.run_id
    with pytest.raises(StorageError):
        RunDirectory.create(repo, RUN_ID, base=base, temp_root=tmp_path)


def test_a_run_that_was_killed_while_it_was_made_is_swept(repo, tmp_path: Path) -> None:
    half = repo.common_dir / "cellwall" / "runs" / f"{RUN_ID}.new"
    (half / "patches").mkdir(parents=True)
    assert list_runs(repo) == []
    RunDirectory.create(repo, RUN_ID, base=repo.head_commit(), temp_root=tmp_path)
    assert [path.name for path in half.parent.iterdir()] == [RUN_ID]


@pytest.mark.parametrize(
    "run_id", ["", "..", "../../x", "20250902-134501123-3fa9/..", "x" * 500, "2025-1-3fa9\n"]
)
def test_what_is_no_id_is_refused(repo, run_id: str) -> None:
    with pytest.raises(RunUsageError, match="is no run id"):
        RunDirectory.open(repo, run_id)


def test_an_unknown_run_is_told_with_those_that_there_are(repo, run_dir) -> None:
    with pytest.raises(RunUsageError, match=f"there is no run 20200101-000000000-0000 .*runs: {RUN_ID}"):
        RunDirectory.open(repo, "20200101-000000000-0000")


@pytest.mark.parametrize(
    "facts",
    [
        b"", b"{", b"[]", b"{}", b'{"run_id": 1, "base": 2, "workspaces": 3}',
        json.dumps({"run_id": RUN_ID, "base": "1" * 40, "workspaces": "/home"}).encode(),
        json.dumps({"run_id": RUN_ID, "base": "1" * 40, "workspaces": f"cellwall-{RUN_ID}"}).encode(),
        json.dumps({"run_id": RUN_ID, "base": "--all", "workspaces": f"/tmp/cellwall-{RUN_ID}"}).encode(),
        json.dumps({"run_id": "x", "base": "1" * 40, "workspaces": f"/tmp/cellwall-{RUN_ID}"}).encode(),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_true_are_refused(repo, run_dir, facts: bytes) -> None:
    (run_dir.path / "run.json").write_bytes(facts)
    with pytest.raises(RepositoryError, match=r"run\.json"):
        RunDirectory.open(repo, RUN_ID)


@pytest.mark.parametrize("name", ["cellwall", "cellwall/runs", "cellwall/scratch"])
def test_a_symlink_in_the_place_of_our_folders_is_refused(repo, tmp_path: Path, name: str) -> None:
    (tmp_path / "victim").mkdir()
    link = repo.common_dir / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "victim")
    for act in (lambda: list_runs(repo), lambda: lock_path(repo), lambda: RunDirectory.open(repo, RUN_ID)):
        with pytest.raises(RepositoryError, match="not a plain folder"):
            act()
    with pytest.raises(RepositoryError, match="not a plain folder"):
        RunDirectory.create(repo, RUN_ID, base="1" * 40, temp_root=tmp_path)
    assert list((tmp_path / "victim").iterdir()) == []


@pytest.mark.needs_mount
def test_a_full_disk_leaves_no_half_run(disk, fill, make_repository, tmp_path: Path) -> None:
    with disk(2048) as folder:
        repo = make_repository({"a": b"1"}, folder / "repo")
        fill(folder)
        with pytest.raises(StorageError, match="No space left"):
            RunDirectory.create(repo, RUN_ID, base=repo.head_commit(), temp_root=tmp_path)
        assert list_runs(repo) == []
        assert not list((repo.common_dir / "cellwall").glob("runs/*"))
