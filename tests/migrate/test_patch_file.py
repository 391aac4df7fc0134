"""Patches come back as they were written; nothing that a hostile agent writes passes for one."""

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate import patch_file
from cellwall.migrate.batch import Batch, FileChange, NewModule, Patch, Site
from cellwall.migrate.errors import PatchError
from cellwall.migrate.git.safe_path import why_unsafe
from cellwall.migrate.patch_file import (
    patch_digest,
    patch_from_bytes,
    patch_to_bytes,
    read_patch,
    write_patch,
)

BATCH = Batch("a01-b001", 1, ("tests/test_a.py",))
PATCH = Patch(
    batch=BATCH,
    base="1" * 40,
    changes=(FileChange("tests/test_a.py", b"old\xff\r\n", b""), FileChange("tests/new.py", None, b"new")),
    repaired=(Site("tests/test_a.py", 3, "shared-session", "CW102", pattern="a pattern"),),
    needs_human=(Site("tests/test_a.py", 9, "shared-session", "CW102", "not awaitable", "ü \ud800"),),
)
CONTENT = st.none() | st.binary(max_size=50)
PATHS = st.text(min_size=1).filter(lambda path: not why_unsafe(path))
SITES = st.builds(Site, st.text(), st.integers(), st.text(), st.text(), st.text(), st.text(), st.text())
CHANGES = st.builds(FileChange, PATHS, CONTENT, CONTENT).filter(lambda change: change.before != change.after)
MODULES = st.builds(NewModule, PATHS, st.text(), st.text(), st.lists(st.text(), max_size=2).map(tuple))
PATCHES = st.builds(
    Patch,
    batch=st.builds(Batch, st.text(), st.integers(), st.lists(st.text()).map(tuple)),
    base=st.text(),
    changes=st.lists(CHANGES, max_size=4, unique_by=lambda change: change.path).map(tuple),
    repaired=st.lists(SITES, max_size=2).map(tuple),
    needs_human=st.lists(SITES, max_size=2).map(tuple),
    new_modules=st.lists(MODULES, max_size=2).map(tuple),
)


@given(PATCHES)
@settings(max_examples=50)
def test_any_patch_comes_back_and_has_one_spelling(patch: Patch) -> None:
    data = patch_to_bytes(patch)
    assert patch_from_bytes(data) == patch
    assert patch_to_bytes(patch_from_bytes(data)) == data


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["format", "batch", "base", "changes", "path"]), inner)
        ),
    ).map(lambda value: json.dumps(value).encode())
)
@settings(max_examples=100)
def test_other_bytes_are_no_patch(data: bytes) -> None:
    with pytest.raises(PatchError):
        patch_from_bytes(data)


def test_a_file_gives_the_patch_and_its_digest(tmp_path: Path) -> None:
    digest = write_patch(tmp_path / "patch.json", PATCH)
    assert digest == patch_digest(PATCH)
    assert read_patch(tmp_path / "patch.json", batch=BATCH, digest=digest) == PATCH
    assert [path.name for path in tmp_path.iterdir()] == ["patch.json"]


def test_a_patch_for_another_batch_or_with_another_digest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "patch.json"
    digest = write_patch(path, PATCH)
    with pytest.raises(PatchError, match=r"another batch \('a01-b001', not 'a01-b002'\)"):
        read_patch(path, batch=Batch("a01-b002", 1, BATCH.paths))
    with pytest.raises(PatchError, match="another batch"):
        read_patch(path, batch=Batch("a01-b001", 1, ("tests/other.py",)))
    path.write_bytes(path.read_bytes() + b" ")
    assert read_patch(path) == PATCH
    with pytest.raises(PatchError, match="not the patch that was announced"):
        read_patch(path, digest=digest)


@given(cut=st.integers(0, len(patch_to_bytes(PATCH)) - 3))
@settings(max_examples=60)
def test_a_torn_patch_is_refused(cut: int) -> None:
    with pytest.raises(PatchError, match="torn"):
        patch_from_bytes(patch_to_bytes(PATCH)[:cut])


def set_path(body: dict[str, Any]) -> None:
    body["changes"][0]["path"] = "../../etc/passwd"


def set_git_path(body: dict[str, Any]) -> None:
    body["changes"][0]["path"] = "tests/.GIT/hooks/pre-commit"


def set_double(body: dict[str, Any]) -> None:
    body["changes"].append({**body["changes"][0], "after": base64.b64encode(b"other").decode()})


def set_no_base64(body: dict[str, Any]) -> None:
    body["changes"][0]["after"] = "a*b="


def set_number(body: dict[str, Any]) -> None:
    body["changes"][0]["after"] = 7


def set_truth(body: dict[str, Any]) -> None:
    body["batch"]["agent"] = True


def set_line(body: dict[str, Any]) -> None:
    body["repaired"][0]["line"] = "3"


def set_format(body: dict[str, Any]) -> None:
    body["format"] = "cellwall-patch-9"


def set_unchanged(body: dict[str, Any]) -> None:
    body["changes"][0]["after"] = body["changes"][0]["before"]


@pytest.mark.parametrize(
    "spoil",
    [
        set_path,
        set_git_path,
        set_double,
        set_no_base64,
        set_number,
        set_truth,
        set_line,
        set_format,
        set_unchanged,
    ],
)
def test_a_hostile_patch_is_refused_and_named(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    body = json.loads(patch_to_bytes(PATCH))
    spoil(body)
    (tmp_path / "patch.json").write_text(json.dumps(body))
    with pytest.raises(PatchError, match=r"patch\.json"):
        read_patch(tmp_path / "patch.json")


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "patch.json").write_bytes(b"[" * 100_000)
    with pytest.raises(PatchError, match="torn or no patch"):
        read_patch(tmp_path / "patch.json")


def test_what_is_no_plain_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_patch(tmp_path / "real.json", PATCH)
    (tmp_path / "link.json").symlink_to("real.json")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("link", "folder", "pipe", "missing"):
        with pytest.raises(PatchError, match=rf"{name}\.json"):
            read_patch(tmp_path / f"{name}.json")
    monkeypatch.setattr(patch_file, "LARGEST", 100)
    with pytest.raises(PatchError, match="larger than"):
        read_patch(tmp_path / "real.json")
