"""The files of a commit come out as raw bytes, whatever their names, kinds and attributes."""

import pytest

from cellwall.migrate.errors import GitError
from cellwall.migrate.git.objects import TreeEntry, blob_id


def test_every_file_with_its_mode_and_raw_bytes(make_repository, git) -> None:
    files = {
        ".gitattributes": b"* text eol=crlf ident\n",
        'a b\n\t"c.py': b"x = '$Id$'\n",
        "empty": b"",
        "script": b"#!/bin/sh\n",
        "ü/\udcff.bin": bytes(range(256)) * 1000,
    }
    repo = make_repository(files)
    (repo.root / "script").chmod(0o755)
    (repo.root / "link").symlink_to("../outside")
    git(repo.root, "add", "-A")
    git(repo.root, "commit", "-q", "-m", "more")
    entries = repo.tracked_files(repo.head_commit())
    contents = dict(zip((entry.path for entry in entries), repo.read_blobs(entries), strict=True))
    assert contents == files | {"link": b"../outside"}
    modes = {entry.path: entry.mode for entry in entries}
    assert (modes["script"], modes["link"], modes["empty"]) == ("100755", "120000", "100644")
    assert all(entry.blob == blob_id(contents[entry.path], repo.head_commit()) for entry in entries)
    assert repo.read_file(repo.head_commit(), "script") == b"#!/bin/sh\n"
    assert repo.read_file(repo.head_commit(), "none") is None


def test_a_stream_that_is_left_early_ends_git(make_repository) -> None:
    repo = make_repository({f"{n}": b"%d" % n * 100_000 for n in range(30)})
    blobs = repo.read_blobs(repo.tracked_files(repo.head_commit()))
    assert next(blobs) == b"0" * 100_000
    blobs.close()


def test_a_missing_blob_is_told_with_its_path(repo) -> None:
    entry = TreeEntry("100644", "1" * 40, "gone.py")
    with pytest.raises(GitError, match=r"lacks the content of gone\.py"):
        list(repo.read_blobs([entry]))
    assert list(repo.read_blobs([])) == []


def test_a_replaced_object_is_read_as_it_was(repo, git) -> None:
    (entry, *_) = repo.tracked_files(repo.head_commit())
    content = next(repo.read_blobs([entry]))
    (repo.root / "other").write_bytes(b"other")
    git(repo.root, "replace", entry.blob, git(repo.root, "hash-object", "-w", "other"))
    assert next(repo.read_blobs([entry])) == content


def test_ids_of_both_hash_functions() -> None:
    assert blob_id(b"x\n", "0" * 40) == "587be6b4c3f93f93c489c0111bba5596147a26cb"
    assert len(blob_id(b"x\n", "0" * 64)) == 64
