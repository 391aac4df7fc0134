"""Git's objects: the files of a commit and their raw bytes, in a stream. Nothing is written here."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from cellwall.migrate.errors import GitError
from cellwall.migrate.git.command import Git

FILE: Final = "100644"
EXECUTABLE: Final = "100755"
SYMLINK: Final = "120000"
SUBMODULE: Final = "160000"
SHA256_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a commit: git's mode ("100644", "100755", "120000", "160000"), blob id, path."""

    mode: str
    blob: str
    path: str


def list_tree(git: Git, commit: str) -> list[TreeEntry]:
    """Give every file of a commit, sorted by path as git sorts."""
    output = git.run("ls-tree", "-r", "-z", "--full-tree", commit)
    return [_entry(line) for line in os.fsdecode(output).split("\0")[:-1]]


def _entry(line: str) -> TreeEntry:
    header, _, path = line.partition("\t")
    mode, _, blob = header.split(" ")
    return TreeEntry(mode, blob, path)


def read_blobs(git: Git, entries: Iterable[TreeEntry]) -> Iterator[bytes]:
    """Give the raw bytes of each entry, in order, one at a time.

    Raises:
        GitError: the repository lacks a blob (it is never fetched), or it is damaged; names the path.
    """
    wanted = list(entries)
    if not wanted:
        return
    asked = "".join(f"{entry.blob}\n" for entry in wanted).encode()
    with git.stream("cat-file", "--batch", "--buffer", stdin=asked) as answers:
        for entry in wanted:
            yield _read_blob(answers, entry)


def _read_blob(answers: IO[bytes], entry: TreeEntry) -> bytes:
    words = answers.readline().split()
    if len(words) == 3 and words[1] == b"blob":
        size = int(words[2])
        content = answers.read(size + 1)
        if len(content) == size + 1:
            return content[:-1]
    raise GitError(
        f"the repository lacks the content of {entry.path} ({entry.blob}): it is a partial copy or damaged; "
        "`git fsck` tells, `git fetch --refetch` may help"
    )


def blob_id(content: bytes, like: str) -> str:
    """Compute the id that git gives a content, in the hash function of the id `like`."""
    function = hashlib.sha256 if len(like) == SHA256_LENGTH else hashlib.sha1
    return function(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
